"""A reader says: I have read this version. Who answers for it asks them to say it again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.actions import read_about
from accounts.models import Member
from cs_platform.lib import clock
from playbooks.models import Acknowledgement, Playbook, Version
from playbooks.queries.readers import counts_from, to_ask_again, was_asked

# The notifications that an acknowledgement answers.
ASKINGS = ("playbook.read_again", "playbook.readers_asked")


@transaction.atomic
def acknowledge(*, actor: Member, version: Version) -> Acknowledgement:
    """Said twice it is said once, unless readers were asked again meanwhile. Raises ValidationError for a version that
    is not the one in use."""
    version = Version.objects.visible_to(actor).select_related("playbook").get(id=version.id)
    if version.state != Version.State.PUBLISHED:
        raise ValidationError(_("There is a newer version meanwhile. Read that one."))
    said, is_new = Acknowledgement.objects.get_or_create(
        company_id=actor.company_id, version=version, member=actor
    )
    counts = counts_from(version.playbook)
    is_again = not is_new and counts is not None and said.acknowledged_at <= counts
    if is_again:
        said.acknowledged_at = clock.now()
        said.save(update_fields=["acknowledged_at"])
    read_about(actor=actor, verbs=ASKINGS, detail={"playbook": version.playbook_id})
    if is_new or is_again:
        activity.record("playbook.acknowledged", version.playbook, actor=actor, version=version.number)
    return said


@transaction.atomic
def ask_readers_again(*, actor: Member, playbook: Playbook) -> int:
    """Asks those whose acknowledgement is old or has lapsed. Returns how many: nobody while an asking holds."""
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    now = clock.now()
    people = set() if was_asked(playbook, now) else to_ask_again(playbook, now) - {actor.id}
    if people:
        playbook.readers_asked_at = now
        playbook.save(update_fields=["readers_asked_at"])
        activity.record("playbook.readers_asked", playbook, actor=actor, n=len(people))
    return len(people)
