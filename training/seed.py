"""What every programme begins with: common modules, what a process is learned by, and role-plays that are ready."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from training.models import Item, Level


@dataclass(frozen=True)
class SeedItem:
    """An item of a new module. day: of its week, from 1 to 5. fields: what else the item says."""

    kind: str
    title: Any
    day: int = 5
    fields: dict[str, Any] = field(default_factory=dict)


GREETING = SeedItem(
    Item.Kind.ROLE_PLAY,
    _("Greet within ten seconds"),
    3,
    {
        "body": _(
            "The phone rings. From the first ring on you have ten seconds to make the caller feel expected."
        ),
        "goal": _("Name, team and an open question, within ten seconds, in a voice that has time."),
        "partner": _(
            "Call as somebody in a hurry. If the greeting takes longer than ten seconds, interrupt it."
        ),
        "rubric": [
            _("Greeted within ten seconds"),
            _("Said name and team"),
            _("Asked an open question"),
            _("Sounded as if there was time"),
        ],
    },
)
FURIOUS = SeedItem(
    Item.Kind.ROLE_PLAY,
    _("The furious customer"),
    4,
    {
        "body": _(
            "A customer was charged twice, wrote three times, and nobody answered. Now they are on the phone."
        ),
        "goal": _(
            "Let them finish, name what went wrong without an excuse, and say what happens next and when."
        ),
        "partner": _(
            "You are furious and right. Do not calm down before somebody says what went wrong in plain words."
        ),
        "rubric": [
            _("Let the customer finish"),
            _("Owned the failure without an excuse"),
            _("Said one next step with a time"),
            _("Did not promise what is not known"),
        ],
    },
)
SILENT = SeedItem(
    Item.Kind.ROLE_PLAY,
    _("The silent churn"),
    4,
    {
        "body": _(
            "A customer of two years has not signed in for six weeks. No complaint, no ticket. You call."
        ),
        "goal": _(
            "Find out what changed for them, without selling, and agree on one thing to look at together."
        ),
        "partner": _(
            "Say that everything is fine. Only a question about your own work makes you tell what changed."
        ),
        "rubric": [
            _("Prepared: knew what the customer uses"),
            _("Asked about their work, not about our product"),
            _("Heard what was not said"),
            _("Agreed on one next step with a day"),
        ],
    },
)
ROLE_PLAYS = (GREETING, FURIOUS, SILENT)

LESSON, RIDE, SIGN = Item.Kind.LESSON, Item.Kind.RIDE_ALONG, Item.Kind.SIGN_OFF
# (week, title, kind of module, items)
COMMON = (
    (
        1,
        _("How we talk to customers"),
        "common",
        (
            SeedItem(
                LESSON,
                _("Tone, and the first ten seconds"),
                1,
                {
                    "body": _(
                        "## The first ten seconds\n\nA customer decides early whether you have time for them. Say who"
                        " you are, ask what happened, and write while they talk.\n\n## Say what happens next\n\nEnd"
                        " every answer with one next step and when it comes. “Soon” is not a time."
                    )
                },
            ),
            GREETING,
        ),
    ),
    (
        1,
        _("The product and the tools"),
        "common",
        (
            SeedItem(
                Item.Kind.CHECKLIST,
                _("First steps with the tools"),
                2,
                {
                    "rubric": [
                        _("Signed in everywhere I need to"),
                        _("Logged a ticket of my own and closed it"),
                        _("Found a playbook with the search"),
                        _("Know whom to ask in my team"),
                    ]
                },
            ),
        ),
    ),
    (
        1,
        _("A day in the customer’s life"),
        "world",
        (
            SeedItem(
                Item.Kind.ASSIGNMENT,
                _("Live a day of a customer’s life"),
                5,
                {
                    "minutes": 240,
                    "body": _(
                        "Do for a day what a customer does with our product, with their tasks and their deadline. Keep"
                        " notes or photos of each step.\n\n1. What did you want to get done?\n2. Where did it stop?\n3."
                        " What would have helped?\n\nThen write down what you will do otherwise from tomorrow on."
                    ),
                    "rubric": [
                        _("Did the tasks"),
                        _("Says where it stopped"),
                        _("Says what to do otherwise"),
                    ],
                },
            ),
        ),
    ),
    (
        2,
        _("Big picture: what churn costs"),
        "picture",
        (
            SeedItem(
                LESSON,
                _("What a point of retention means here"),
                2,
                {
                    "body": _(
                        "Open the big picture and move the slider. The figures are those of this company today. What"
                        " would one point more of retention be worth in five years?"
                    )
                },
            ),
        ),
    ),
)
OWN_WORDS = SeedItem(LESSON, _("Read the playbook"), 1)
OBSERVE = SeedItem(RIDE, _("Watch it done"), 2, {"form": "observe", "times": 2, "minutes": 60})
ASSIST = SeedItem(RIDE, _("Help with it"), 3, {"form": "assist", "times": 2, "minutes": 60})
LEAD = SeedItem(RIDE, _("Do it, observed"), 4, {"form": "lead", "times": 2, "minutes": 60})
ALONE = SeedItem(
    SIGN,
    _("On your own"),
    5,
    {
        "rubric": [
            _("Followed the playbook without help"),
            _("Said what was seen, in plain words"),
            _("Confirmed in writing, noted the cause"),
        ]
    },
)
COACHES = SeedItem(
    SIGN,
    _("Teaches it to somebody"),
    5,
    {
        "rubric": [
            _("Explained why, not only how"),
            _("Let the other one do it"),
            _("Said one thing to do better"),
        ]
    },
)
# What each level of a process takes.
ITEMS_OF_PROCESS: dict[str, tuple[SeedItem, ...]] = {
    Level.AWARE: (OWN_WORDS,),
    Level.ASSISTED: (OWN_WORDS, OBSERVE, ASSIST),
    Level.INDEPENDENT: (OWN_WORDS, OBSERVE, ASSIST, LEAD, ALONE),
    Level.COACH: (OWN_WORDS, OBSERVE, LEAD, ALONE, COACHES),
}
