"""What a company's figures are, so that a test can hold them before against after."""

from datetime import date, timedelta

from accounts.models import Company, Member
from metrics.definitions import METRICS
from metrics.queries import Level, Scope, answer

FROM, TO = date(2025, 1, 1), date(2026, 3, 31)


def figures_of(company: Company, leave_out: tuple[str, ...] = ()) -> dict:
    """Every metric of the company and of each person: {(metric, level, person): (n, value)}."""
    scopes = [Scope(company.id, Level.COMPANY, 0, False)]
    scopes += [
        Scope(company.id, Level.REP, member, False)
        for member in Member.objects.filter(company=company).values_list("id", flat=True)
    ]
    found = {}
    for metric in METRICS:
        if metric in leave_out:
            continue
        for scope in scopes:
            points = answer(company, metric, scope, FROM, TO - timedelta(days=1), "total").points
            found[metric, scope.level, scope.person_id] = [(point.n, point.value) for point in points]
    return found
