"""What a candidate agrees to."""

from hiring.models import HiringSettings
from hiring.seed import CONSENT


def consent_text(rules: HiringSettings) -> str:
    """In the company's own words, else in ours."""
    return rules.consent_text.strip() or str(CONSENT) % {"months": rules.keep_months}
