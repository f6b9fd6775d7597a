"""Numbers and instants as people read them."""

from django.utils.translation import gettext as _


def duration(seconds: float) -> str:
    """At most two units: 3 d 4 h, 4 h 12 min, 12 min, 40 s."""
    whole = round(seconds)
    parts = [
        (whole // 86_400, _("d")),
        (whole % 86_400 // 3_600, _("h")),
        (whole % 3_600 // 60, _("min")),
        (whole % 60, _("s")),
    ]
    first = next((index for index, (count, _unit) in enumerate(parts) if count), 3)
    shown = [part for part in parts[first : first + 2] if part[0]] or [parts[3]]
    return " ".join(f"{count} {unit}" for count, unit in (shown if first < 2 else shown[:1]))
