"""How a company hires."""

from hiring.models import HiringSettings


def settings_of(company_id: int) -> HiringSettings:
    """As saved, or the defaults (not saved)."""
    return HiringSettings.objects.filter(company_id=company_id).first() or HiringSettings(
        company_id=company_id
    )
