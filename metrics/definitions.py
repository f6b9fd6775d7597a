"""Every metric: what it counts, in which unit, and which components it is made of.

The words here are the help text of screens, API and exports; there is no second place.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .kinds import Kind

Words = str | Promise


class Shape(StrEnum):
    """How a value comes out of its components."""

    RATE = "rate"  # numerator / denominator, with Wilson's interval
    SCORE = "score"  # (promoters - detractors) / n in points
    COUNT = "count"
    DURATION = "duration"  # mean seconds, with median and p90 from the facts
    PER_HOUR = "per_hour"
    BACKLOG = "backlog"  # what is open at the end of the last day
    RETENTION = "retention"  # month of `to` against month of `from`


@dataclass(frozen=True)
class Metric:
    """unit: fraction, points, seconds, tickets, or tickets per hour. direction: which way is better.

    is_company_only: told for the whole company, and so on no board of a team or a person. credit: whose work it
    counts, where that does not follow from the kind. told_as: what a row of the numerator is called, and one that
    is not in it.
    """

    key: str
    title: Words
    definition: Words
    formula: Words
    shape: Shape
    unit: str
    direction: str
    numerator: tuple[str, ...] = ()
    denominator: str = ""
    kind: Kind | None = None
    matures: bool = False
    minimum_n: int = 10
    is_company_only: bool = False
    credit: Words = ""
    told_as: tuple[Words, Words] | None = None

    def __reduce__(self) -> tuple:
        """A metric travels as its key: the definition is the code's."""
        return _named, (self.key,)


def _named(key: str) -> Metric:
    return METRICS[key]


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "csat",
            _("CSAT, 4-5"),
            _(
                "Survey answers of 4 or 5 on the scale of 1 to 5, as a share of all answers. An answer counts on the "
                "day it was first given, for the rep named when the survey was sent, else for who first resolved the "
                "ticket. For 30 days a later answer replaces the score, never the day."
            ),
            _("answers of 4 or 5 / answers"),
            Shape.RATE,
            "fraction",
            "up",
            ("csat_pos",),
            "csat_n",
            Kind.CSAT,
        ),
        Metric(
            "nps",
            _("NPS"),
            _(
                "Share of answers of 9 or 10 minus share of answers of 0 to 6, in points. An answer counts on the day "
                "it was first given, for the rep named, else for who owned the customer that day."
            ),
            _("(promoters - detractors) / answers × 100"),
            Shape.SCORE,
            "points",
            "up",
            ("nps_pro", "nps_det"),
            "nps_n",
            Kind.NPS,
        ),
        Metric(
            "ces",
            _("CES, 5-7"),
            _(
                "Answers of 5 to 7 on the scale of 1 to 7 to “the company made it easy to handle my request”, as a "
                "share of all answers. Day and credit as CSAT."
            ),
            _("answers of 5 to 7 / answers"),
            Shape.RATE,
            "fraction",
            "up",
            ("ces_pos",),
            "ces_n",
            Kind.CES,
        ),
        Metric(
            "fcr",
            _("First contact resolution"),
            _(
                "First resolutions after which, within the follow-up window, the ticket was not reopened and the same "
                "requester (else the same customer) opened no other ticket in the same category. Counts on the day of "
                "the resolution, for who resolved it, once the window has passed."
            ),
            _("solved for good / first resolutions whose window has passed"),
            Shape.RATE,
            "fraction",
            "up",
            ("fcr_pos",),
            "fcr_n",
            Kind.OUTCOME,
            matures=True,
        ),
        Metric(
            "service_level",
            _("Service level"),
            _(
                "First replies that came by their deadline, as a share of met and missed. A ticket counts at the reply "
                "or at the deadline, whichever comes first; without a deadline it does not count. Met is credited to "
                "who replied, missed to who had the ticket at the deadline."
            ),
            _("met / (met + missed)"),
            Shape.RATE,
            "fraction",
            "up",
            ("sl_met",),
            "sl_n",
            Kind.SERVICE_LEVEL,
        ),
        Metric(
            "first_response_time",
            _("First response time"),
            _(
                "Seconds from opening to the first public reply by a person of the team; never the requester's, never "
                "a bot's. Counts on the day of the reply, for who replied."
            ),
            _("seconds to first replies / first replies"),
            Shape.DURATION,
            "seconds",
            "down",
            ("frt_sum",),
            "frt_n",
            Kind.FIRST_RESPONSE,
        ),
        Metric(
            "resolution_time",
            _("Resolution time"),
            _(
                "Calendar seconds from opening to the first resolution. Counts on that day, for who resolved it."
            ),
            _("seconds to first resolutions / first resolutions"),
            Shape.DURATION,
            "seconds",
            "down",
            ("res_sum",),
            "res_n",
            Kind.RESOLVED,
        ),
        Metric(
            "handle_time",
            _("Handle time"),
            _(
                "Active seconds per handled ticket: each rep who worked on a ticket handled it once. Counts on the "
                "day of the resolution; work after a reopening adds seconds to the next one."
            ),
            _("active seconds / pairs of rep and ticket"),
            Shape.DURATION,
            "seconds",
            "none",
            ("aht_sum",),
            "aht_n",
            Kind.HANDLE,
        ),
        Metric(
            "tickets_opened",
            _("Tickets opened"),
            _(
                "Tickets by the day they were opened, for who had them from the start. Neither merged ones nor spam."
            ),
            _("number of tickets"),
            Shape.COUNT,
            "tickets",
            "none",
            ("created_n",),
            "",
            Kind.OPENED,
        ),
        Metric(
            "tickets_resolved",
            _("Tickets resolved"),
            _("Tickets by the day of their first resolution, each once, for who resolved it first."),
            _("number of first resolutions"),
            Shape.COUNT,
            "tickets",
            "up",
            ("res_n",),
            "",
            Kind.RESOLVED,
        ),
        Metric(
            "reopen_rate",
            _("Reopen rate"),
            _(
                "First resolutions that were reopened within the follow-up window. Counts on the day of the "
                "resolution, for who resolved it, once the window has passed."
            ),
            _("reopened / first resolutions whose window has passed"),
            Shape.RATE,
            "fraction",
            "down",
            ("reopen_n",),
            "fcr_n",
            Kind.OUTCOME,
            matures=True,
        ),
        Metric(
            "tickets_per_hour",
            _("Tickets per hour"),
            _("First resolutions per staffed hour; both only from days on which the rep has staffed hours."),
            _("first resolutions / staffed hours"),
            Shape.PER_HOUR,
            "tickets per hour",
            "none",
            ("staffed_res_n",),
            "staffed_sum",
            Kind.STAFFED,
        ),
        Metric(
            "backlog",
            _("Backlog"),
            _(
                "Tickets open, pending or on hold at the end of the period's last day (today: now), with who has them "
                "at that moment. Never a sum of days."
            ),
            _("number of unresolved tickets"),
            Shape.BACKLOG,
            "tickets",
            "down",
            ("backlog_delta",),
            "",
            Kind.BACKLOG,
        ),
        Metric(
            "logo_retention",
            _("Logo retention"),
            _(
                "Of the customers with recurring revenue in the month of `from`, the share that have some in the month "
                "of `to`. Credited to who owned the customer in the first month."
            ),
            _("customers kept / customers at the start"),
            Shape.RETENTION,
            "fraction",
            "up",
            kind=Kind.REVENUE,
        ),
        Metric(
            "gross_revenue_retention",
            _("Gross revenue retention"),
            _(
                "Recurring revenue of the month of `from` that is still there in the month of `to`, growth left out. "
                "Credited to who owned the customer in the first month."
            ),
            _("sum of min(end, start) / sum of start"),
            Shape.RETENTION,
            "fraction",
            "up",
            kind=Kind.REVENUE,
        ),
        Metric(
            "net_revenue_retention",
            _("Net revenue retention"),
            _(
                "Recurring revenue in the month of `to` of the customers that had some in the month of `from`, against "
                "what they had then. Credited to who owned the customer in the first month."
            ),
            _("sum of end / sum of start"),
            Shape.RETENTION,
            "fraction",
            "up",
            kind=Kind.REVENUE,
        ),
        Metric(
            "churn",
            _("Churn"),
            _(
                "Of the customers with recurring revenue in the month of `from`, the share that have none in the "
                "month of `to`."
            ),
            _("1 - logo retention"),
            Shape.RETENTION,
            "fraction",
            "down",
            kind=Kind.REVENUE,
        ),
    )
}
