"""A crawler that looks for traces of sealed scorecards at every address of the project.

Two ways of looking. Words: each scorecard holds words that stand nowhere else, and none of a sealed one may be
answered. Difference: everything in the sealed scorecards is changed (ratings, recommendations, signs, words), all is
fetched again, and no answer may differ by a letter; so no figure, average, count, order or hint can have come of them.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from zipfile import ZipFile

from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from redis import Redis

from accounts.models import Activity, Member, Notification, Outbox
from accounts.outbox import react_once
from cs_platform.celery import app as celery
from hiring.actions.candidates import add_candidate_note
from hiring.actions.interviews import plan_interview
from hiring.actions.library import make_kit
from hiring.actions.scorecards import (
    Rated,
    Sheet,
    Tried,
    declare_no_conflict,
    save_scorecard,
    submit_scorecard,
)
from hiring.models import (
    Application,
    CandidateFile,
    Decision,
    Interview,
    Letter,
    LetterTemplate,
    Offer,
    PanelRole,
    Question,
    Scorecard,
    Sign,
)
from tests.factories import a_member, at

from .making import a_requisition, an_application

NOON = "2026-03-10T12:00"
ROLES = (PanelRole.LEAD, PanelRole.SCORER, PanelRole.SCORER, PanelRole.SHADOW)
COMMON = "zxqcommon"  # a word of every scorecard, to be searched for
MARK = re.compile(r"zxq(\d)([a-z]+)", re.IGNORECASE)
READERS = (
    *("panel0", "panel1", "panel2", "panel3", "manager", "leader", "admin"),
    *("outsider", "elsewhere", "nobody"),
)
DECISION = 9  # the number in the marks of the decision
# What changes from one request to the next and says nothing: tokens against forgery.
TOKENS = re.compile(r"\b[A-Za-z0-9]{64}\b")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass
class Panel:
    """An application with a panel of four, all of whom have written everything that can be written."""

    cards: list[Scorecard]
    readers: dict[str, Member | None]
    decision: Decision
    submitted: tuple[bool, ...] = (False,) * 4
    ids: dict[str, object] = field(default_factory=dict)

    @property
    def interview(self) -> Interview:
        return self.cards[0].interview

    def sealed_for(self, reader: str) -> set[int]:
        """The numbers in the marks that this reader must not meet. Written without the product's own queries."""
        everything = {0, 1, 2, 3, DECISION}
        if reader.startswith("panel"):
            own = int(reader[-1])
            if not self.submitted[own]:
                return everything - {own}
            return {number for number in range(4) if number != own and not self.submitted[number]}
        if reader in ("manager", "leader", "admin"):
            return set() if all(self.submitted) else {0, 1, 2, 3}
        return everything


def a_panel(company, lee: Member, mo: Member, rae: Member, zed: Member) -> Panel:
    """Lee (manager) and Rae (admin) are on it; Una hires, Ada is another admin, Ben has nothing to do with it."""
    una = a_member(company, "Una", "manager", manager=mo)
    panel = [lee, rae, a_member(company, "Sam"), a_member(company, "Kit")]
    requisition = a_requisition(una, manager=una)
    application = an_application(una, requisition, phone="0", links="")
    bank = Question.objects.filter(company_id=company.id)
    asked = [bank.filter(attribute__key=key).first() for key in ("drive", "empathy", "work_sample")]
    kit = make_kit(actor=una, name="Hunt", questions=asked)
    stage = requisition.stages.get(kind="panel")
    starts = at("2026-03-10T10:00")
    interview = plan_interview(
        actor=una,
        application=application,
        stage=stage,
        kit=kit,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        zone="UTC",
        panel={member.id: role for member, role in zip(panel, ROLES, strict=True)},
    )
    cards = [Scorecard.objects.get(interview=interview, member=member) for member in panel]
    for number, card in enumerate(cards):
        _write(card, number)
        add_candidate_note(actor=card.member, application=application, text=f"{COMMON} zxq{number}note")
    decision = Decision.objects.create(
        company=company,
        application=application,
        outcome="more",
        threshold="3.50",
        composite="1.370",
        reason=f"zxq{DECISION}reason",
        decided_by=una,
    )
    readers: dict[str, Member | None] = {f"panel{number}": member for number, member in enumerate(panel)}
    readers |= {"manager": una, "leader": mo, "admin": a_member(company, "Ada", "admin")}
    readers |= {"outsider": a_member(company, "Ben"), "elsewhere": zed, "nobody": None}
    return Panel(cards, readers, decision, ids=_ids(cards, kit.kit_id, decision))


def _write(card: Scorecard, number: int) -> None:
    def words(kind: str) -> str:
        return f"{COMMON} zxq{number}{kind}"

    kit = card.interview.kit
    ratings = {
        each.attribute_id: Rated(value, True, words("evidence"))
        for each, value in zip(kit.attributes.all(), (5, 1, 4), strict=True)
    }
    sample = kit.questions.get(kind="work_sample").id
    sheet = Sheet(
        ratings,
        {sample: Tried(words("first"), words("feedback"), words("second"))},
        ("strong_yes", "definitely_not", "yes", "no")[number],
        words("summary"),
    )
    declare_no_conflict(actor=card.member, card=card)
    save_scorecard(actor=card.member, card=card, sheet=sheet, edits=card.edits)
    # By hand, since the labels that people can choose are the kit's, which anybody may read.
    for attribute_id, rated in ratings.items():
        Sign.objects.create(
            company_id=card.company_id,
            scorecard=card,
            attribute_id=attribute_id,
            is_warning=(rated.value or 0) < 3,
            label=words("sign"),
            quote=words("quote"),
        )
    card.refresh_from_db()


def _ids(cards: list[Scorecard], kit: int, decision: Decision) -> dict[str, object]:
    """What stands for a parameter of an address, by its name."""
    application, interview = cards[0].application, cards[0].interview
    return {
        "requisition": application.requisition_id,
        "application": application.id,
        "candidate": application.candidate_id,
        "interview": interview.id,
        "scorecard": [card.id for card in cards],
        "card": [card.id for card in cards],
        "rating": [card.ratings.all()[0].id for card in cards],
        "stage": interview.stage_id,
        "kit": kit,
        "version": interview.kit_id,
        "number": 1,
        "decision": decision.id,
        **_papers(application, decision.decided_by),
        "note": list(application.notes.values_list("id", flat=True)),
        "attribute": interview.kit.attributes.all()[0].attribute_id,
        "question": interview.kit.questions.all()[0].question_id,
        "member": cards[1].member_id,
        "person": cards[1].member_id,
    }


def _papers(application: Application, by: Member) -> dict[str, object]:
    """A file, an offer and letters, so that their pages are looked at too."""
    made: dict = {"company_id": application.company_id, "application": application}
    kept = CandidateFile.objects.create(
        company_id=application.company_id, candidate=application.candidate, name="cv.txt", kind="text", size=2,
        place="hiring/none", text="CV",
    )  # fmt: skip
    letter = Letter.objects.create(**made, occasion="status", to="c@people.example", subject="S", body="B")
    template = LetterTemplate.objects.filter(company_id=application.company_id).first()
    return {
        "kept": kept.id,
        "offer": Offer.objects.create(**made, starts_on="2026-05-01", made_by=by).id,
        "letter": letter.id,
        "template": template.id if template else 0,
    }


def submit(panel: Panel, submitted: tuple[bool, ...]) -> None:
    for card, is_in in zip(panel.cards, submitted, strict=True):
        if is_in:
            submit_scorecard(actor=card.member, card=card, edits=card.edits)
    panel.submitted = submitted


# --- Addresses ----------------------------------------------------------------------------------------------------


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from patterns(entry, path)


NOUNS = {
    noun: noun.removesuffix("s").replace("-", "_") for noun in ("requisitions", "candidates", "scorecards")
}
NOUNS |= {"applications": "application", "interviews": "interview", "decisions": "decision"}
OURS = re.compile(r"^(hiring|apply)\b|^api/v1/\^?(?:" + "|".join(NOUNS) + r")\b")
# Pages that show of everything: they are fetched for every panel, like those of hiring.
NEAR = ("", "my-day/", "notifications/", "settings/activity/", "settings/activity.csv")


def is_near(pattern: str) -> bool:
    return bool(OURS.match(pattern)) or pattern in NEAR


def addresses(panel: Panel, samples: dict[str, str]) -> dict[str, list[str]]:
    """{pattern: paths} of all that the project answers to. samples: paths of other apps' routes.

    A route of hiring is filled with the sealed rows, by the names of its parameters; of one whose name is not known
    here all of them are tried. A route of another app that has parameters needs a sample.
    """
    found = {}
    for pattern in dict.fromkeys(patterns(get_resolver())):
        if OURS.match(pattern) or not PARAMETER.search(pattern) and pattern not in samples:
            found[pattern] = _filled(pattern, panel.ids)
        else:
            found[pattern] = [samples[pattern]]
    found["search"] = [f"/search/?q={COMMON}", f"/search/?q={panel.cards[0].application.candidate.name}"]
    found["hiring, searched"] = [f"/hiring/?q={COMMON}"]
    return found


def _filled(pattern: str, ids: dict[str, object]) -> list[str]:
    known = sorted({each for value in ids.values() for each in _several(value)}, key=str)
    paths = [pattern]
    for match in PARAMETER.finditer(pattern):
        kind, name = match[1], match[2] or match[3]
        if name == "pk":
            noun = re.findall(r"([a-z-]+)/\(\?P", pattern)
            name = NOUNS.get(noun[-1] if noun else "", "pk")
        values = _several(ids[name]) if name in ids else ["x"] if kind in ("str", "slug") else known
        paths = [path.replace(match[0], str(value), 1) for path in paths for value in values]
    return ["/" + path.replace("^", "").replace("$", "").replace("\\Z", "") for path in paths]


def _several(value: object) -> list:
    return value if isinstance(value, list) else [value]


# --- Fetching -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


def fetch(member: Member | None, paths: Iterable[str]) -> dict[str, Answer]:
    """What is answered; nothing stays of what a page writes down when it is read."""
    client = Client(raise_request_exception=True)
    with transaction.atomic():
        if member:
            client.force_login(member.user)
        found = {path: _answer(client.get(path)) for path in paths}
        transaction.set_rollback(True)
    return found


def post(member: Member | None, paths: Iterable[str]) -> dict[str, Answer]:
    """What is answered to an empty form; nothing of what it did stays."""
    client = Client(raise_request_exception=True)
    if member:
        client.force_login(member.user)
    found = {}
    for path in paths:
        with transaction.atomic():
            options = {"content_type": "application/json"} if path.startswith("/api/") else {}
            found[path] = _answer(client.post(path, {}, **options))
            transaction.set_rollback(True)
    return found


def _answer(response) -> Answer:
    body = _unpacked(b"".join(response.streaming_content) if response.streaming else response.content)
    headers = "".join(f"{name}: {value}\n" for name, value in response.items() if name != "Content-Length")
    return Answer(response.status_code, TOKENS.sub("token", headers + body.decode("utf-8", "replace")))


def _unpacked(body: bytes) -> bytes:
    """What is in a ZIP, whose own bytes hide the words and hold the time of packing."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with ZipFile(BytesIO(body)) as archive:
        return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())


def leaks(panel: Panel, reader: str, answers: dict[str, Answer]) -> list[str]:
    """Answers in which words of a sealed scorecard stand."""
    sealed = panel.sealed_for(reader)
    return [
        f"{reader}, {_bits(panel)}: {path} tells {match[0]}"
        for path, answer in answers.items()
        for match in MARK.finditer(answer.text)
        if int(match[1]) in sealed
    ]


def differences(panel: Panel, reader: str, before: dict[str, Answer]) -> list[str]:
    """Answers that are others once all that is sealed for this reader is another."""
    with twisted(panel, panel.sealed_for(reader)):
        after = fetch(panel.readers[reader], before)
    return [
        f"{reader}, {_bits(panel)}: {path} depends on what is sealed"
        for path in before
        if before[path] != after[path]
    ]


def _bits(panel: Panel) -> str:
    return "".join("x" if is_in else "-" for is_in in panel.submitted)


# --- Mails, notifications, ledger ---------------------------------------------------------------------------------


def run_what_waits() -> None:
    """Reactions and the timed tasks of hiring, as workers would run them."""
    while react_once():
        pass
    for entry in celery.conf.beat_schedule.values():
        if entry["task"].startswith("hiring."):
            import_module(entry["task"].rpartition(".")[0])
            celery.tasks[entry["task"]](*entry.get("args", ()))


def told_elsewhere(panel: Panel) -> list[str]:
    """Sealed words in mails, in what notifications keep, in the ledger and in its outbox."""
    readers = {member.email: name for name, member in panel.readers.items() if member}
    found = []
    for message in mail.outbox:
        text = "\n".join([message.subject, message.body, *(str(each) for each in message.attachments)])
        text += "".join(str(content) for content, _type in getattr(message, "alternatives", []))
        for to in message.recipients():
            name = readers.get(to, "nobody")
            found += leaks(panel, name, {f"mail to {to}": Answer(200, text)})
    for model in (Notification, Activity, Outbox):
        for row in model.objects.all():
            found += leaks(panel, "nobody", {model.__name__: Answer(200, f"{row.verb} {row.detail}")})
    return found


# --- Another content ----------------------------------------------------------------------------------------------

TABLES = ("hiring_scorecard", "hiring_rating", "hiring_sign", "hiring_sample")
TWIST = (
    "UPDATE hiring_rating SET value = 6 - value, evidence = 'another' WHERE scorecard_id = ANY(%(cards)s)",
    "UPDATE hiring_sign SET label = 'other', quote = '', is_warning = NOT is_warning"
    " WHERE scorecard_id = ANY(%(cards)s)",
    "UPDATE hiring_sample SET first_try = 'x', feedback = 'x', second_try = 'x'"
    " WHERE scorecard_id = ANY(%(cards)s)",
    "UPDATE hiring_scorecard SET summary = 'another',"
    " recommendation = CASE recommendation WHEN 'no' THEN 'yes' ELSE 'no' END"
    " WHERE id = ANY(%(cards)s)",
    "UPDATE hiring_candidatenote SET text = 'another' WHERE author_id = ANY(%(people)s)",
)
DECIDED = "UPDATE hiring_decision SET outcome = 'hire', composite = 4.44, reason = 'another' WHERE id = %s"


@contextmanager
def twisted(panel: Panel, sealed: set[int]) -> Iterator[None]:
    """Inside it everything of these scorecards is another, past the triggers that keep them."""
    cards = [card for number, card in enumerate(panel.cards) if number in sealed]
    marked = {"cards": [card.id for card in cards], "people": [card.member_id for card in cards]}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in TWIST if cards else ():
                cursor.execute(statement, marked)
            if DECISION in sealed:
                cursor.execute(DECIDED, [panel.decision.id])
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _forget()
        yield
        transaction.set_rollback(True)
    _forget()


def _forget() -> None:
    """What pages keep for a while would hide a difference."""
    caches["parts"].clear()
    valkey = Redis.from_url(settings.REDIS_URL)
    for key in valkey.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
        valkey.delete(key)
