from accounts.models import Draft, Member
from cs_platform.lib import clock
from cs_platform.lib.outside import storable


def save_draft(*, actor: Member, place: str, content: dict[str, str]) -> Draft:
    """Keeps what somebody is writing; the last save counts. No activity: nobody else ever sees it."""
    content = {storable(field): storable(text) for field, text in content.items()}
    saved, _created = Draft.objects.update_or_create(
        company_id=actor.company_id,
        member=actor,
        place=place,
        defaults={"content": content, "saved_at": clock.now()},
    )
    return saved


def drop_draft(*, actor: Member, place: str) -> None:
    """What was sent or thrown away needs no draft."""
    Draft.objects.filter(company_id=actor.company_id, member=actor, place=place).delete()
