"""What the demo's paths say: questions, lessons, and what people wrote. All of it made up."""

from collections.abc import Mapping

from django.utils.translation import gettext_noop

# By playbook template: (step, question, options of which the first ones are right, how many are, why).
QUESTIONS: Mapping[str, tuple[tuple[str, str, tuple[str, ...], int, str], ...]] = {
    "password-and-access": (
        (
            "s2",
            gettext_noop("“I cannot sign in.” What do you ask first?"),
            (
                gettext_noop("The exact message, the address they sign in with, and when it last worked"),
                gettext_noop("Their password, to try it yourself"),
                gettext_noop("Whether somebody else can sign in for them meanwhile"),
            ),
            1,
            gettext_noop("The message says which of four ways to go. A password is never asked for."),
        ),
        (
            "s4",
            gettext_noop("How long does the link to set a new password hold?"),
            (
                gettext_noop("One hour, and it works once"),
                gettext_noop("One day, as often as needed"),
                gettext_noop("Until they next sign in"),
            ),
            1,
            gettext_noop("Say it with the link, so that nobody comes back to it in the evening."),
        ),
        (
            "s6",
            gettext_noop("The second factor is lost. Which two prove who they are?"),
            (
                gettext_noop("You call back on the number in the account"),
                gettext_noop("An admin of their company confirms it"),
                gettext_noop("They write from the address that is in the account"),
                gettext_noop("They know their customer number"),
            ),
            2,
            gettext_noop(
                "An e-mail from the same address proves nothing: it may be the mailbox that was taken."
            ),
        ),
        (
            "s9",
            gettext_noop("Somebody lacks the right for a page. Who gives it to them?"),
            (
                gettext_noop("An admin of the customer"),
                gettext_noop("You do, once their manager has written"),
                gettext_noop("Technical support"),
            ),
            1,
            gettext_noop(
                "Rights are the customer’s to give. You look up who that is, and offer to write to them."
            ),
        ),
    ),
    "invoice-question": (
        (
            "s2",
            gettext_noop("Before you explain an invoice, what do you check?"),
            (
                gettext_noop("That whoever asks may see invoices"),
                gettext_noop("What was agreed in the contract"),
                gettext_noop("Whether they rated the last answer well"),
            ),
            2,
            gettext_noop("An invoice tells prices and seats. It goes only to people who may know them."),
        ),
        (
            "s6",
            gettext_noop("They say that the amount is wrong. Where does it most often come from?"),
            (
                gettext_noop("A change in the middle of the month, or a discount that has ended"),
                gettext_noop("Rounding"),
                gettext_noop("A bank fee"),
            ),
            1,
            gettext_noop("So work seats, price and days out by hand before you say who is right."),
        ),
        (
            "s8",
            gettext_noop("The address on an invoice that was sent is wrong. What do you do?"),
            (
                gettext_noop("Correct the account; billing cancels the invoice and writes a new one"),
                gettext_noop("Edit the invoice and send it again"),
                gettext_noop("Ask them to correct it by hand"),
            ),
            1,
            gettext_noop("A sent invoice is never edited."),
        ),
    ),
}
# By playbook template: what is read before the playbook. Steps are shown where they are named.
LESSONS: Mapping[str, str] = {
    "password-and-access": gettext_noop(
        "## Why this one comes first\n\nEvery fourth ticket of a Monday is somebody who cannot get in. Most take four"
        " minutes, and one in fifty is somebody who should not get in.\n\n## The step that people skip\n\n[step s6]\n\n"
        "Read it twice. Being helpful to the wrong person is the most expensive mistake that we can make."
    ),
    "angry-customer": gettext_noop(
        "## First the story, then the fix\n\nAn angry customer has told the story before, to somebody who searched"
        " while they spoke. Let them finish.\n\n[step s3]\n\n## One promise\n\nOne promise with a time that is kept is"
        " worth more than three apologies.\n\n[step s8]"
    ),
    "invoice-question": gettext_noop(
        "## Read it as they do\n\nOpen the invoice beside the contract and find the line that they mean before you"
        " write a word.\n\n[step s2]\n\nIf you have to guess what a line means, so had they."
    ),
}
# What changed in the playbook once people were certified.
CHANGED_STEP = "s2"
CHANGE = gettext_noop(
    "Refunds above 200 need a look at the contract first: two were paid that were not owed."
)
CHANGED_BODY = gettext_noop(
    "Before anything is refunded above 200, read the clause on notice periods aloud to yourself."
)

# What whoever judges says, by kind or by form of a ride-along; taken in turn.
PASSED: Mapping[str, tuple[str, ...]] = {
    "observe": (
        gettext_noop("Noted every step, and asked why the call back comes before the reset."),
        gettext_noop("Quiet during the calls, good questions after. Found the step that I had skipped."),
    ),
    "assist": (
        gettext_noop("Wrote the answers, I sent them. The second one needed no change."),
        gettext_noop("Looked everything up before I asked. One answer was longer than it had to be."),
    ),
    "lead": (
        gettext_noop("Led both tickets. One promise had no time at first; noticed it and wrote again."),
        gettext_noop("Calm, in the order of the playbook, and every answer ended with a next step."),
    ),
    "role_play": (
        gettext_noop("Greeted within six seconds, let me finish, and the next step had a time."),
        gettext_noop("Said what went wrong in one sentence, without an excuse. I believed it."),
    ),
    "assignment": (gettext_noop("Clear where it stopped, and two things that we can change this month."),),
    "sign_off": (
        gettext_noop("Three tickets without help, each confirmed in writing."),
        gettext_noop("Two of the hard ones, in the right order. Knows when to hand over."),
    ),
}
NOT_YET: Mapping[str, tuple[str, str]] = {
    "greeting": (
        gettext_noop("The greeting took sixteen seconds: the team came before the name, and no question."),
        gettext_noop("Write the two sentences down and say them ten times. Again on Friday at ten."),
    ),
    "furious": (
        gettext_noop(
            "Began to explain while I was still telling what happened, and promised a refund at once."
        ),
        gettext_noop(
            "Listen to the recorded call with Mei: three minutes without a word. Then again with me on Thursday."
        ),
    ),
}
HANDED_IN = gettext_noop(
    "I lost my second factor on purpose and asked for it back as a customer would. It stopped at the form: it asks for"
    " a customer number that is on no e-mail. 40 minutes until I was in.\n\nFrom tomorrow on I say where the number"
    " stands before I ask for it."
)
ASKED = gettext_noop("Three tickets on my own since Monday. I would like you to look at the two resets.")
REFLECTIONS = (
    gettext_noop("She writes the next step before the explanation. I will try that order."),
    gettext_noop("Nobody hurried. Most of the time went into finding who is admin."),
    gettext_noop("I had the answer ready and still forgot to say when I would write again."),
    gettext_noop("Saying the step aloud helped me to skip none."),
)
