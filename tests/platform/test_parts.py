"""Parts of pages that are drawn once: equal content is taken again; other content, language or zone is drawn anew."""

import pytest
from django.core.cache import caches
from django.template import Context, Template
from django.utils import timezone, translation

drawn: list[str] = []


class Trace:
    """Leaves a trace each time a template shows it."""

    def __str__(self) -> str:
        drawn.append("once")
        return ""


@pytest.fixture
def write(tmp_path, settings):
    """Writes templates of the test's own."""
    settings.TEMPLATES = [dict(settings.TEMPLATES[0], DIRS=[tmp_path, *settings.TEMPLATES[0]["DIRS"]])]
    caches["parts"].clear()
    drawn.clear()
    return lambda name, text: (tmp_path / name).write_text("{{ trace }}" + text)


def draw(text: str, **context) -> str:
    return Template("{% load parts %}" + text).render(Context(context | {"trace": Trace()}))


def test_it_draws_equal_content_once(write):
    write("hello.html", "Hello {{ name }}{{ reader }}")
    part = '{% part "hello.html" name=who trace=trace %}'

    assert draw(part, who="Ana & Ben") == "Hello Ana &amp; Ben"
    assert draw(part, who="Ana & Ben") == "Hello Ana &amp; Ben"
    assert len(drawn) == 1
    # What the page knows but did not give is not shown, so it cannot be kept for somebody else.
    assert draw(part, who="Ana & Ben", reader="Lee") == "Hello Ana &amp; Ben"
    assert draw(part, who="Lee") == "Hello Lee"
    assert len(drawn) == 2


def test_it_draws_anew_in_another_language_and_zone(write):
    write("day.html", '{% load tz %}{{ at|localtime|date:"H:i" }}')
    part = '{% part "day.html" at=at trace=trace %}'
    at = timezone.datetime(2026, 3, 1, 12, tzinfo=timezone.get_fixed_timezone(0))

    with timezone.override("Asia/Kolkata"):
        assert draw(part, at=at) == "17:30"
    with timezone.override("Europe/Lisbon"):
        assert draw(part, at=at) == "12:00"
        with translation.override("de"):
            assert draw(part, at=at) == "12:00"
    assert len(drawn) == 3


def test_it_draws_every_time_while_templates_are_written(write, settings):
    settings.DEBUG = True
    write("hello.html", "Hello")

    assert [draw('{% part "hello.html" trace=trace %}') for _ in range(2)] == ["Hello", "Hello"]
    assert len(drawn) == 2
