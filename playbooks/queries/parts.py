"""The parts that the tickets of a company fall into, by the playbook of their scenario."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """Best first. Lapsed: published once, and expired or unverified now."""

    VERIFIED = "verified", _("Verified")
    DUE = "due", _("Due in 14 days")
    LAPSED = "lapsed", _("Lapsed")
    DRAFT = "draft", _("Draft or review")
    NONE = "none", _("No playbook")
    UNMAPPED = "unmapped", _("No scenario")


COVERED = (Part.VERIFIED, Part.DUE)
