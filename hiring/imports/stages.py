"""What kind of stage a name of another program means."""

import re

from hiring.models import Stage

Kind = Stage.Kind
WORDS = (
    (Kind.OFFER, r"offer|contract|hired"),
    (Kind.DEBRIEF, r"debrief|decision|reference|background"),
    (Kind.WORK_SAMPLE, r"sample|take.?home|assignment|exercise|assessment|test"),
    (Kind.SCREEN, r"screen|phone|call|first"),
    (Kind.PANEL, r"interview|on.?site|panel|face|final|manager"),
    (Kind.APPLIED, r"appl|new|review|lead|reached|responded"),
)


def kind_of(name: str) -> str:
    for kind, words in WORDS:
        if re.search(words, name.lower()):
            return kind
    return Kind.SCREEN
