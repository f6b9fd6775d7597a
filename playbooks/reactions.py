"""What playbooks does after a deed: it tells the people concerned, looks after what leavers answered for, keeps how
coverage stands, and forgets what was written in runs of an erased customer."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from accounts.models import Activity, Member
from accounts.notifications import Notice, notify
from playbooks.actions.erasure import erase_run_texts
from playbooks.actions.history import keep_coverage
from playbooks.actions.verification import unverify
from playbooks.models import Flag, Playbook, Version, WritingSlot
from playbooks.queries.people import above
from playbooks.queries.readers import last_material, to_ask_again, to_read_again

Rows = list[tuple[int, dict]]
LEFT = "member.left"


# --- Review -------------------------------------------------------------------------------------------------------


def tell_of_review(company_id: int, rows: Rows) -> None:
    """Whoever was asked by name; else the owner and the verifier; else who is above the writer."""
    notify(company_id, [notice for pair in _with_version(company_id, rows) for notice in _of_review(*pair)])


def tell_of_return(company_id: int, rows: Rows) -> None:
    """Everybody who wrote on it."""
    notify(
        company_id,
        [
            _notice("playbook.sent_back", version.playbook_id, writer, detail, "playbooks:draft")
            for version, detail in _with_version(company_id, rows)
            for writer in version.editors
        ],
    )


def tell_of_publication(company_id: int, rows: Rows) -> None:
    """Who wrote it and who owns it; after a material change also who has read it before."""
    notices: list[Notice] = []
    for version, detail in _with_version(company_id, rows):
        playbook = version.playbook
        own = {*version.editors, playbook.owner_id}
        notices += [_notice("playbook.published", playbook.id, each, detail) for each in own if each]
        # Heard of late, a version may be old already; readers are told of the newest only.
        if detail.get("change") == Version.Change.MATERIAL and version.number == last_material(playbook):
            readers = to_read_again(playbook) - own
            notices += [_notice("playbook.read_again", playbook.id, each, detail) for each in sorted(readers)]
    notify(company_id, notices)


def tell_of_asking(company_id: int, rows: Rows) -> None:
    """Who has read it long ago is asked to read it again."""
    asked = dict(rows)
    notices: list[Notice] = []
    for playbook in Playbook.objects.filter(company_id=company_id, id__in=asked):
        people = to_ask_again(playbook, playbook.readers_asked_at) if playbook.readers_asked_at else set()
        detail = asked[playbook.id]
        notices += [_notice("playbook.readers_asked", playbook.id, each, detail) for each in sorted(people)]
    notify(company_id, notices)


def tell_of_people(company_id: int, rows: Rows) -> None:
    """Somebody was made owner or verifier."""
    named = {playbook_id: detail for playbook_id, detail in rows if _names_somebody(detail)}
    notices = []
    for playbook in Playbook.objects.filter(company_id=company_id, id__in=named):
        detail = named[playbook.id]
        for field in ("owner", "verifier"):
            if field in detail["fields"]:
                member_id = getattr(playbook, f"{field}_id")
                notices.append(_notice(f"playbook.{field}_named", playbook.id, member_id, detail))
    notify(company_id, notices)


def tell_of_flag(company_id: int, rows: Rows) -> None:
    """Owner and verifier hear that a step is said to be wrong. The subject is the flag or its playbook."""
    notices = []
    for subject_id, detail in rows:
        playbook = _flagged(company_id, subject_id, detail)
        if playbook is not None:
            told = {playbook.owner_id, playbook.verifier_id}
            notices += [_notice("playbook.flagged", playbook.id, each, detail) for each in told if each]
    notify(company_id, notices)


def tell_of_answer(company_id: int, rows: Rows) -> None:
    """Who said that a step is wrong hears what became of it."""
    wanted = {detail["flag"]: (playbook_id, detail) for playbook_id, detail in rows}
    notices = []
    for flag in Flag.objects.filter(company_id=company_id, id__in=wanted):
        playbook_id, detail = wanted[flag.id]
        notice = _notice("playbook.flag_answered", playbook_id, flag.author_id, detail)
        notice.detail["flag"] = flag.id
        notices.append(notice)
    notify(company_id, notices)


# --- Runs ---------------------------------------------------------------------------------------------------------


def tell_of_handover(company_id: int, rows: Rows) -> None:
    """Whoever was given a run is to go on with it."""
    notify(
        company_id,
        [
            Notice(
                member_id=detail["receiver"],
                verb="run.handed",
                key=f"run.handed:{detail['activity']}",
                url=reverse("playbooks:run", args=[run_id]),
                detail={"playbook": detail["playbook"]},
                actor_id=detail["actor"],
            )
            for run_id, detail in rows
        ],
    )


# --- Leavers ------------------------------------------------------------------------------------------------------


def look_after_leavers(company_id: int, rows: Rows) -> None:
    """What a leaver owned or verified is unverified from now on, once for each leaving."""
    for member_id, detail in rows:
        # Somebody may be back before this is done.
        if Member.objects.filter(company_id=company_id, id=member_id, is_active=False).exists():
            left_on = detail.get("left_on", "")
            for playbook in _answered_for(company_id, member_id):
                if not _was_seen_to(playbook, member_id, left_on):
                    unverify(playbook=playbook, lapse=LEFT, left=member_id, left_on=left_on)


def tell_of_lapse(company_id: int, rows: Rows) -> None:
    """Those above a leaver hear that nobody answers for a playbook any more; without one above, the leaders."""
    notices = []
    for playbook_id, detail in rows:
        if left := detail.get("left"):
            for member_id in above(company_id, [left]):
                notice = _notice("playbook.unverified", playbook_id, member_id, detail, "playbooks:people")
                notice.detail["left"] = left
                notices.append(notice)
    notify(company_id, notices)


# --- Coverage and writing time ------------------------------------------------------------------------------------


def keep_coverage_today(company_id: int, rows: Rows) -> None:
    """Something changed how far playbooks cover tickets: today's row is kept anew."""
    keep_coverage(company_id=company_id)


def tell_of_writing_time(company_id: int, rows: Rows) -> None:
    """Somebody was given hours to write."""
    given = dict(rows)
    notify(
        company_id,
        [
            Notice(
                member_id=slot.member_id,
                verb="writing_time.given",
                key=f"writing_time.given:{slot.id}",
                url=reverse("playbooks:writing"),
                detail={"scenario": slot.scenario_id, "starts_at": slot.starts_at.isoformat()},
                actor_id=given[slot.id]["actor"],
            )
            for slot in WritingSlot.objects.filter(company_id=company_id, id__in=given)
        ],
    )


# --- Erasure ------------------------------------------------------------------------------------------------------


def forget(company_id: int, rows: Rows) -> None:
    """Text of runs on what was erased goes."""
    erase_run_texts(company_id=company_id)


# ------------------------------------------------------------------------------------------------------------------


def _of_review(version: Version, detail: dict) -> Iterator[Notice]:
    playbook = version.playbook
    asked = {version.reviewer_id} if version.reviewer_id else {playbook.owner_id, playbook.verifier_id}
    asked -= {None, *version.editors}
    for member_id in asked or above(version.company_id, [version.author_id]):
        yield Notice(
            member_id=member_id,
            verb="playbook.review_asked",
            key=f"playbook.review_asked:{detail['activity']}",
            url=reverse("playbooks:review", args=[version.id]),
            detail={"playbook": playbook.id, "version": version.number},
            actor_id=detail["actor"],
        )


def _with_version(company_id: int, rows: Rows) -> Iterator[tuple[Version, dict]]:
    """Each deed with the version that it names, as far as that is there."""
    wanted = {(playbook_id, detail["version"]): detail for playbook_id, detail in rows}
    playbooks = {playbook_id for playbook_id, _number in wanted}
    versions = Version.objects.filter(company_id=company_id, playbook_id__in=playbooks)
    for version in versions.select_related("playbook"):
        if detail := wanted.get((version.playbook_id, version.number)):
            yield version, detail


def _notice(
    verb: str, playbook_id: int, member_id: int | None, detail: dict, page: str = "playbooks:show"
) -> Notice:
    told: dict[str, Any] = {"playbook": playbook_id}
    if detail.get("version"):
        told["version"] = detail["version"]
    key = f"{verb}:{detail['activity']}"
    return Notice(member_id, verb, key, reverse(page, args=[playbook_id]), told, detail["actor"])


def _names_somebody(detail: dict) -> bool:
    return bool({"owner", "verifier"} & set(detail.get("fields", ())))


def _flagged(company_id: int, subject_id: int, detail: dict) -> Playbook | None:
    flags = Flag.objects.filter(company_id=company_id, id=detail.get("flag", subject_id))
    flag = flags.select_related("version__playbook").first()
    return flag.version.playbook if flag else None


def _answered_for(company_id: int, member_id: int) -> list[Playbook]:
    standing = Playbook.objects.standing().filter(company_id=company_id, verified_until__isnull=False)
    return list(standing.filter(owner_id=member_id) | standing.filter(verifier_id=member_id))


def _was_seen_to(playbook: Playbook, member_id: int, left_on: str) -> bool:
    """Whether this leaving has made it unverified before: whoever verified it since then knew of it."""
    return Activity.objects.filter(
        company_id=playbook.company_id,
        subject_type="playbook",
        subject_id=playbook.id,
        verb="playbook.unverified",
        detail__left=member_id,
        detail__left_on=left_on,
    ).exists()


def _all(*functions: Callable[[int, Rows], None]) -> Callable[[int, Rows], None]:
    def react(company_id: int, rows: Rows) -> None:
        for function in functions:
            function(company_id, rows)

    return react


REACTIONS = {
    "playbook.sent_to_review": tell_of_review,
    "playbook.sent_back": tell_of_return,
    "playbook.published": _all(tell_of_publication, keep_coverage_today),
    "playbook.changed": tell_of_people,
    "playbook.readers_asked": tell_of_asking,
    "playbook.flagged": tell_of_flag,
    "playbook.flag_answered": tell_of_answer,
    "playbook.unverified": _all(tell_of_lapse, keep_coverage_today),
    "playbook.verified": keep_coverage_today,
    "playbook.archived": keep_coverage_today,
    "playbook.restored": keep_coverage_today,
    "scenario.mapped": keep_coverage_today,
    "scenario.unmapped": keep_coverage_today,
    "scenario.archived": keep_coverage_today,
    "scenario.restored": keep_coverage_today,
    "writing_time.given": tell_of_writing_time,
    "run.handed": tell_of_handover,
    LEFT: look_after_leavers,
    "customer.erased": forget,
    "contact.erased": forget,
}
