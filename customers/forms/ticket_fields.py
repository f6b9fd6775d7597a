"""Fields that the forms of the ticket desk share."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models.rules import LONGEST_TAG, LONGEST_TIME, MOST_TAGS, sensible_day

TOKEN = re.compile(r"[0-9a-f]{12}")


class TimeField(forms.CharField):
    """Minutes ("7"), minutes and seconds ("6:48") or hours too ("1:06:48"), as seconds."""

    def __init__(self, **options: Any):
        super().__init__(max_length=10, required=False, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        shown = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "data-no-draft": True,
            "data-timer-field": True,
        }
        return super().widget_attrs(widget) | shown

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,4}(:[0-5]\d){0,2}", text, re.ASCII):
            raise ValidationError(_("Write minutes, or minutes and seconds: 7 or 6:48."))
        parts = [int(part) for part in text.split(":")]
        if len(parts) == 1:
            parts.append(0)
        seconds = sum(part * 60**power for power, part in enumerate(reversed(parts)))
        if seconds > LONGEST_TIME:
            raise ValidationError(_("More than a day cannot be worked on it at once."))
        return seconds or None


class TagsField(forms.CharField):
    """Words with commas between them."""

    def __init__(self, **options: Any):
        super().__init__(max_length=1_000, required=False, **options)

    def prepare_value(self, value: Any) -> str:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        tags = list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("At most %(most)s tags.") % {"most": MOST_TAGS})
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError(_("A tag has at most %(most)s letters.") % {"most": LONGEST_TAG})
        return tags


class DeadlineField(forms.DateTimeField):
    """A minute, in the reader's zone."""

    def __init__(self, **options: Any):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, **options)

    def clean(self, value: Any) -> datetime | None:
        at = super().clean(value)
        if at is not None:
            sensible_day(at)
        return at


class OnceForm(forms.Form):
    """Carries a token, so that a second click is known for one."""

    once = forms.CharField(
        required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-no-draft": True})
    )

    def clean_once(self) -> str:
        token = self.cleaned_data["once"]
        return token if TOKEN.fullmatch(token) else ""

    @staticmethod
    def new_token() -> str:
        return uuid4().hex[:12]
