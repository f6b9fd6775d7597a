"""How a company trains."""

from training.models import TrainingSettings


def settings_of(company_id: int) -> TrainingSettings:
    """The company's, or the defaults, not saved."""
    return TrainingSettings.objects.filter(company_id=company_id).first() or TrainingSettings(
        company_id=company_id
    )
