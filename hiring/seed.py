"""What every company begins with: the attributes that cannot be taught, questions that bring them out, and two kits.

The words follow what is known of structured interviews: the same questions for everybody, anchors for each rating,
signs that prompt for evidence and are no points.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import QuestionKind


@dataclass(frozen=True)
class SeedAttribute:
    key: str
    name: object
    definition: object
    anchor_1: object
    anchor_3: object
    anchor_5: object


@dataclass(frozen=True)
class SeedQuestion:
    attribute: str
    kind: str
    text: object
    listen_for: object
    good: tuple[object, ...]
    warning: tuple[object, ...]


@dataclass(frozen=True)
class SeedKit:
    """questions: places in QUESTIONS, in the order in which they are asked."""

    key: str
    name: object
    purpose: object
    minutes: int
    questions: tuple[int, ...]


ATTRIBUTES = (
    SeedAttribute(
        "drive",
        _("Drive"),
        _("Hungry, ready to learn, eager to jump in. Wants to rise and knows that it is earned."),
        _("Waits for tasks; no example of own initiative"),
        _("One goal pursued past an obstacle, with a result"),
        _("Several self-set goals with numbers; kept going after failure and changed the method"),
    ),
    SeedAttribute(
        "coachability",
        _("Coachability"),
        _("Eager to learn, not defensive under criticism, picks things up fast."),
        _("Disputes or blames; nothing changed after feedback"),
        _("Accepts feedback, describes one change"),
        _("Asked for feedback, names the exact change, shows a later result"),
    ),
    SeedAttribute(
        "positivity",
        _("Positivity"),
        _("Speaks well of customers and colleagues, also when things go badly."),
        _("Speaks with contempt of customers or team; dwells on fault"),
        _("Keeps the tone, finds the next step when prompted"),
        _("Turns a bad case into a next step unprompted, without denying the problem"),
    ),
    SeedAttribute(
        "empathy",
        _("Empathy"),
        _("Understands where the customer comes from, and means it."),
        _("Jumps to a fix; cannot state the customer's view"),
        _("Names the customer's feeling or need"),
        _("Checks understanding, adapts words and solution to that customer, verifies"),
    ),
    SeedAttribute(
        "work_sample",
        _("Work sample"),
        _("Does a piece of the real work, gets one piece of feedback, and tries again."),
        _("The customer would have to ask again; the second try is the first one"),
        _("Answers the question; takes the feedback up in part"),
        _("Answers what was asked and what comes next; the second try uses the feedback fully"),
    ),
    SeedAttribute(
        "screening",
        _("Screening for the four"),
        _("Sees drive, coachability, positivity and empathy in others, and rates as a panel would."),
        _("Rates by liking; names no evidence"),
        _("Names evidence for most ratings; two points or more from the panel on one attribute"),
        _("Names evidence for every rating; within one point of the panel on all"),
    ),
    SeedAttribute(
        "experience",
        _("Experience"),
        _("At least a year in customer success, preferably some of it leading others."),
        _("No work with customers after the sale"),
        _("A year of own customers; helped a colleague along"),
        _("Several years, some of them leading people; tells results of theirs, not only own ones"),
    ),
)

PAST, SITUATION, SAMPLE = QuestionKind.PAST, QuestionKind.SITUATION, QuestionKind.WORK_SAMPLE
QUESTIONS = (
    SeedQuestion(
        "drive",
        PAST,
        _("Tell me about a goal that you set yourself."),
        _("A goal of their own, an obstacle, what they did about it, and a result with a number."),
        (_("Set the goal unasked"), _("Went past an obstacle"), _("Tells a result with a number")),
        (_("The goal was given to them"), _("Stopped at the first obstacle")),
    ),
    SeedQuestion(
        "drive",
        PAST,
        _("What would you like to know about us?"),
        _("Leave room. Questions about the team and the work, before questions about themselves."),
        (_("Asks what success looks like for the team"), _("Asks what the team is working to improve")),
        (_("Asks first how to be promoted"), _("Asks first about the bonus"), _("Asks nothing")),
    ),
    SeedQuestion(
        "coachability",
        PAST,
        _("Tell me about a time you failed, and what you did to fix it."),
        _("An honest answer that does not skate around it, and how a manager helped to get back on track."),
        (_("Owns the failure, no excuses"), _("Says how a manager helped"), _("Shows a later result")),
        (_("Blames others for the failure"), _("Denies it happened"), _("Nothing changed after feedback")),
    ),
    SeedQuestion(
        "coachability",
        PAST,
        _("What is the most useful criticism you have been given?"),
        _("What exactly was said, what they changed, and how they know that it worked."),
        (_("Asked for it"), _("Names the exact change")),
        (_("Disputes it to this day"), _("Cannot think of any")),
    ),
    SeedQuestion(
        "positivity",
        PAST,
        _("Tell me about your worst boss."),
        _("An honest answer in a good tone: a matter of style or of opinion, not of character."),
        (_("Puts it down to style"), _("Says what they learned")),
        (_("Attacks the person"), _("Vents about a boss")),
    ),
    SeedQuestion(
        "positivity",
        PAST,
        _("What are your pet peeves at work?"),
        _("What they do about it. A prepared candidate may hide it in the first question, not in this one."),
        (_("Tells what they did about it"), _("Smiles at the own part in it")),
        (_("A long list of other people's faults"), _("Speaks badly of customers")),
    ),
    SeedQuestion(
        "empathy",
        SITUATION,
        _("A customer shouts at you about a fault that is not yours. How do you calm them?"),
        _(
            "Listening first, the pain point, the customer's own words, then a fix, then a check that it helped."
        ),
        (_("Lets them finish"), _("Finds the pain point"), _("Gives the benefit of the doubt")),
        (_("Jumps to a fix"), _("Lacks respect for the customer")),
    ),
    SeedQuestion(
        "empathy",
        PAST,
        _("Tell me about a customer whose mind you changed."),
        _("What the customer saw, felt and needed, and how the words were chosen for this one."),
        (_("States the customer's view"), _("Came back to verify")),
        (_("Won an argument"), _("Cannot say what the customer needed")),
    ),
    SeedQuestion(
        "work_sample",
        SAMPLE,
        _(
            "Write a reply to this customer: “I was charged twice, your chat closed on me, and I have a meeting in an"
            " hour.” Give one piece of feedback, then ask for a second try."
        ),
        _("Feeling named, both problems taken up, a next step with a time. What changes in the second try."),
        (_("Takes up both problems"), _("Uses the feedback in the second try")),
        (_("A form letter"), _("The second try is the first one")),
    ),
    SeedQuestion(
        "screening",
        SAMPLE,
        _("Listen to this recorded interview and rate the four attributes, with evidence for each."),
        _("Ratings within one point of the panel's, each with words that were said."),
        (_("Quotes what was said"), _("Says no evidence where there was none")),
        (_("Rates by liking"), _("Agrees with everything")),
    ),
    SeedQuestion(
        "experience",
        PAST,
        _("Who got better at the job because of you, and how do you know?"),
        _("A person, what they did together, and a result of that person's."),
        (_("Gives the credit away"), _("Tells their result")),
        (_("Did it for them"), _("Nobody comes to mind")),
    ),
)
KITS = (
    SeedKit(
        "screen",
        _("First call"),
        _("A short call by one person: drive, and what the candidate asks us."),
        20,
        (0, 1),
    ),
    SeedKit(
        "work_sample",
        _("Work sample"),
        _("A piece of the real work, feedback in the middle, and a second try."),
        30,
        (8, 3),
    ),
    SeedKit(
        "front_line",
        _("Front line"),
        _("The four attributes that cannot be taught, for people who work with customers."),
        45,
        (0, 1, 2, 3, 4, 5, 6, 7),
    ),
    SeedKit(
        "manager",
        _("Manager"),
        _("The four attributes, screening for them, and at least a year of experience."),
        60,
        (0, 2, 4, 6, 9, 10),
    ),
)
CONSENT = _(
    "I agree that my application is kept and read by the people who hire for this job. It is removed"
    " %(months)s months after the decision, or earlier if I ask for it."
)
# (occasion, name, subject, text)
LETTERS = (
    (
        "received",
        _("Application received"),
        _("Your application: {job}"),
        _(
            "Hello {name},\n\nthank you for applying. We read every application and answer each.\n\n{sender}, {company}"
        ),
    ),
    (
        "status",
        _("How things stand"),
        _("Your application: {job}"),
        _(
            "Hello {name},\n\nwe have not forgotten you: your application is being read.\n\n{sender}, {company}"
        ),
    ),
    (
        "decline",
        _("Turned down"),
        _("Your application: {job}"),
        _(
            "Hello {name},\n\nthank you for your time and your answers. We have decided to go on with others"
            " this time.\n\n{sender}, {company}"
        ),
    ),
    (
        "offer",
        _("Offer"),
        _("An offer: {job}"),
        _("Hello {name},\n\nwe would like you to join us as {job}.\n\n{sender}, {company}"),
    ),
)
