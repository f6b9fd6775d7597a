"""Nobody finds a trace of a sealed scorecard at any address of the project, in a mail or in the ledger.

A panel of four with every combination of scorecards that are in and not; who looks are its four people (an admin and a
manager among them), whoever hires, a leader, an admin, a rep, another company and somebody who is not signed in.

In three of the combinations every address is looked at, those that show hiring by words and by difference (see `hunt`);
in all sixteen those that tell anything to anybody once all are in. LEAKS=all, as in `make chaos`, takes everything for
everybody in all of them.
"""

import os
from itertools import product

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import include, path

from cs_platform import urls as ours
from hiring.models import Rating, Scorecard
from hiring.queries import sealing
from tests.test_access import OF_FILES, PAGES, ROUTES, cast, ids  # noqa: F401 - fixtures

from . import hunt

pytestmark = pytest.mark.django_db
IN_FULL = os.environ.get("LEAKS") == "all"
PANELS = list(product((False, True), repeat=4))
# None is in, two are, one is missing.
CLOSELY = PANELS if IN_FULL else [(False,) * 4, (True, False, True, False), (True, True, True, False)]
# Who looks how closely at which of them: each part once or twice, in and not in (panel1 is an admin).
BY_DIFFERENCE = {
    (False,) * 4: ("panel0", "panel1", "leader"),
    (True, False, True, False): ("panel0", "panel1", "manager", "outsider"),
    (True, True, True, False): ("panel2", "panel3", "admin", "elsewhere", "nobody"),
}
INSIDE = ("panel0", "panel1", "panel2", "panel3", "manager", "leader", "admin")
READERS = INSIDE if IN_FULL else ("panel0", "panel1", "panel2", "panel3", "leader")
ELSEWHERE = {panel: readers[1:2] for panel, readers in BY_DIFFERENCE.items()}
if IN_FULL:
    BY_DIFFERENCE = dict.fromkeys(PANELS, hunt.READERS)
    ELSEWHERE = BY_DIFFERENCE
ONLY_FORMS = {pattern for pattern, (_path, answers) in {**PAGES, **ROUTES}.items() if 405 in answers}


@pytest.fixture
def panel(harbour, lee, mo, rae, zed, set_clock) -> hunt.Panel:
    set_clock(hunt.NOON)
    return hunt.a_panel(harbour, lee, mo, rae, zed)


def by_words(panel: hunt.Panel, paths: list[str], readers) -> list[str]:
    return [
        leak for name in readers for leak in hunt.leaks(panel, name, hunt.fetch(panel.readers[name], paths))
    ]


def by_difference(panel: hunt.Panel, paths: list[str], readers) -> list[str]:
    found = []
    for name in readers:
        answers = hunt.fetch(panel.readers[name], paths)
        found += hunt.leaks(panel, name, answers) + hunt.differences(panel, name, answers)
    return found


class _AnyPath(dict):
    """Samples where only the addresses near to hiring are wanted."""

    def __missing__(self, pattern: str) -> str:
        return "/ping/"


def near(panel: hunt.Panel) -> list[str]:
    """Of those that take forms only there is nothing to be read: `tests.test_access` holds them to that."""
    found = hunt.addresses(panel, _AnyPath())
    return [
        path
        for pattern, paths in found.items()
        if hunt.is_near(pattern) and (IN_FULL or pattern not in ONLY_FORMS)
        for path in paths
    ]


def telling(panel: hunt.Panel) -> list[str]:
    """Addresses that tell anybody anything of a scorecard once all are in."""
    with transaction.atomic():
        hunt.submit(panel, (True,) * 4)
        answers = [hunt.fetch(panel.readers[name], near(panel)) for name in ("panel0", "panel1", "leader")]
        transaction.set_rollback(True)
    return [path for path in answers[0] if any(hunt.MARK.search(each[path].text) for each in answers)]


def test_nothing_is_told_in_any_combination(panel):
    paths, found = near(panel) if IN_FULL else telling(panel), []
    for submitted in PANELS:
        with transaction.atomic():
            hunt.submit(panel, submitted)
            hunt.run_what_waits()
            found += by_words(panel, paths, READERS) + hunt.told_elsewhere(panel)
            transaction.set_rollback(True)

    assert "\n".join(found) == ""


@pytest.mark.parametrize("submitted", CLOSELY)
def test_nothing_depends_on_what_is_sealed(panel, submitted):
    hunt.submit(panel, submitted)
    hunt.run_what_waits()

    assert "\n".join(by_difference(panel, near(panel), BY_DIFFERENCE[submitted])) == ""


@pytest.mark.parametrize("submitted", CLOSELY)
def test_no_other_page_tells_anything(panel, ids, submitted):  # noqa: F811
    samples = {name: path.format(**ids) for name, (path, _who) in {**PAGES, **ROUTES, **OF_FILES}.items()}
    hunt.submit(panel, submitted)
    hunt.run_what_waits()
    found = hunt.addresses(panel, samples)
    paths = [path for pattern, its in found.items() if not hunt.is_near(pattern) for path in its]

    assert len(paths) > 150
    assert by_words(panel, paths, ELSEWHERE[submitted]) == []


@pytest.mark.parametrize("submitted", PANELS if IN_FULL else CLOSELY[1:2])
def test_no_refused_form_tells_anything(panel, submitted):
    hunt.submit(panel, submitted)
    found = hunt.addresses(panel, _AnyPath())
    paths = [path for pattern, its in found.items() if hunt.OURS.match(pattern) for path in its]

    for name in INSIDE if IN_FULL else ("panel1", "leader"):
        assert hunt.leaks(panel, name, hunt.post(panel.readers[name], paths)) == []


# --- The hunt itself finds what it should -------------------------------------------------------------------------


def words(request, scorecard: int) -> HttpResponse:
    return HttpResponse(Rating.objects.filter(scorecard=scorecard)[0].evidence)


def figure(request, application: int) -> HttpResponse:
    """An average and nothing else."""
    values = Rating.objects.filter(scorecard__application=application).values_list("value", flat=True)
    return HttpResponse(f"{sum(values) / len(values):.2f}")


def verdicts(request) -> HttpResponse:
    return HttpResponse(str(Scorecard.objects.filter(recommendation="strong_yes").count()))


planted = [
    path("hiring/planted/words/<int:scorecard>/", words),
    path("hiring/planted/figure/<int:application>/", figure),
    path("hiring/planted/verdicts/", verdicts),
]
urlpatterns = [path("", include(planted)), *ours.urlpatterns]


@pytest.mark.urls(__name__)
def test_it_finds_a_leak_that_is_planted(panel):
    hunt.submit(panel, (True, True, False, False))
    paths = [path for path in near(panel) if "planted" in path]
    assert len(paths) == 6

    found = "\n".join(by_difference(panel, paths, ("panel2", "leader", "outsider")))
    for reader in ("panel2", "leader", "outsider"):
        assert f"{reader}, xx--: /hiring/planted/words/{panel.cards[0].id}/ tells zxq0evidence" in found
        assert f"{reader}, xx--: /hiring/planted/figure/{panel.ids['application']}/ depends" in found
        assert f"{reader}, xx--: /hiring/planted/verdicts/ depends" in found


def everything(member):
    return Scorecard.objects.filter(company_id=member.company_id).order_by()


def test_it_finds_that_the_rule_is_broken(panel, monkeypatch):
    """Everybody may read everything: the one place of the rule, and so every address that keeps to it."""
    hunt.submit(panel, (True, True, False, False))
    monkeypatch.setattr(sealing.readable_cards, "__code__", everything.__code__)
    paths = [path for path in near(panel) if "/api/v1/scorecards/" in path]

    assert by_words(panel, paths, INSIDE)
