"""Shares, points and reasons as people read them."""

from datetime import timedelta

from django.utils.translation import gettext as _

from cs_platform.lib.words import day as day_in_words
from cs_platform.lib.words import decimal

LINE = 0.8  # what should be covered before a team grows


def percent(value: float | None) -> str:
    """76 %; a tenth where the rounded figure would hide that it lies below the line."""
    if value is None:
        return "–"
    places = 1 if value < LINE and round(100 * value) == round(100 * LINE) else 0
    return f"{decimal(100 * value, places)} %"


def span(low: float | None, high: float | None) -> str:
    """75.2–76.9 %"""
    return "" if low is None or high is None else f"{decimal(100 * low, 1)}–{decimal(100 * high, 1)} %"


def points(value: float) -> str:
    """7, 3.4, and 0.04 of a large company."""
    size = abs(value)
    return decimal(size, 2 if 0 < size < 0.05 else 1).removesuffix(".0")


def why_lapsed(standing, today) -> str:
    """Why a playbook that was published is not trusted."""
    asked = _("Verifier %(name)s") % {"name": standing.verifier} if standing.verifier else _("No verifier")
    if standing.until is not None:
        expired = day_in_words(standing.until + timedelta(days=1), today)
        return _("Expired %(day)s. %(asked)s") % {"day": expired, "asked": asked}
    if standing.lapse.startswith("member."):
        return _("Unverified: who answered for it is not there any more. %(asked)s") % {"asked": asked}
    return _("Unverified. %(asked)s") % {"asked": asked}
