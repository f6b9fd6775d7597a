"""Numbers and days as people read them."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from cs_platform.lib import words

TODAY = date(2026, 12, 30)


@pytest.mark.parametrize(
    ("on", "form", "said"),
    [
        (date(2026, 12, 31), "j M", "31 Dec"),
        (date(2027, 1, 1), "j M", "1 Jan 2027"),
        (date(2025, 12, 30), "j M", "30 Dec 2025"),
        (date(2027, 1, 1), "D j M", "Fri 1 Jan 2027"),
    ],
)
def test_a_day_of_another_year_says_its_year(on, form, said):
    assert words.day(on, TODAY, form) == said


def test_a_filter_knows_the_readers_year(set_clock):
    set_clock("2026-12-31T23:30")
    page = Template('{% load ui %}{{ on|day:"D j M" }}, {{ nothing|day }}')

    assert page.render(Context({"on": date(2027, 1, 2), "nothing": None})) == "Sat 2 Jan 2027, "


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "5,174"), ("hi", "5,174"), ("fil", "5,174"), ("ru", "5\N{NO-BREAK SPACE}174")],
)
def test_a_count_is_grouped_as_the_reader_does(language, said):
    with translation.override(language):
        assert Template("{% load ui %}{{ n|amount }}").render(Context({"n": 5174})) == said


def test_a_count_of_nothing_is_a_dash():
    assert Template("{% load ui %}{{ n|amount }}").render(Context({"n": None})) == "–"


def test_a_name_from_right_to_left_keeps_to_itself():
    assert words.isolated("Ana Berg") == "Ana Berg"
    assert words.isolated("ليلى") == "\N{FIRST STRONG ISOLATE}ليلى\N{POP DIRECTIONAL ISOLATE}"
