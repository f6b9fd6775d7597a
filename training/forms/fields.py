"""Fields that several forms of training share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 2**31 - 1


def seen_number() -> forms.IntegerField:
    """What the editor saw: `edits` of a draft, `version` of a row."""
    return forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=LARGEST)


def text_field(label: Any, rows: int, most: int = 20_000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class LinesField(forms.CharField):
    """Short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, most: int = 20, longest: int = 300, **options: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(max_length=most * (longest + 2), required=False, **options)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise ValidationError(_("At most %(n)s lines.") % {"n": self.most})
        for number, line in enumerate(lines, 1):
            if len(line) > self.longest:
                told = _("Line %(number)s is longer than %(n)s characters.")
                raise ValidationError(told % {"number": number, "n": self.longest})
        return list(dict.fromkeys(lines))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(each) for each in value) if isinstance(value, list) else value
