"""A message that can be taken back: the page shows it with an Undo button, which posts to a URL."""

from django.contrib import messages
from django.http import HttpRequest

PREFIX = "undo:"


def offer_undo(request: HttpRequest, text: str, url: str) -> None:
    """Says that something was done; `url` takes a POST without fields that undoes it."""
    messages.success(request, text, extra_tags=PREFIX + url)


def undo_url(extra_tags: str | None) -> str:
    """Where the Undo button of a message posts to, or nothing."""
    return extra_tags.removeprefix(PREFIX) if extra_tags and extra_tags.startswith(PREFIX) else ""
