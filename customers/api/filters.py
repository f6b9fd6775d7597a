"""What the address of a list may ask for."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers


class ListFilter(serializers.Serializer):
    """Filters of a list; one that is not there is an error and not left out in silence."""

    LOOKUPS: ClassVar[dict[str, str]] = {}

    def validate(self, asked: dict) -> dict:
        unknown = sorted(set(self.initial_data) - set(self.fields) - {"cursor", "page_size"})
        if unknown:
            words = _("There is no such filter; there are %(known)s.") % {"known": ", ".join(self.fields)}
            raise serializers.ValidationError(dict.fromkeys(unknown, words))
        return asked

    def lookups(self) -> dict[str, Any]:
        self.is_valid(raise_exception=True)
        return {self.LOOKUPS.get(name, name): value for name, value in self.validated_data.items()}
