from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant
from playbooks.models import Playbook, Version

from .programme import ProgrammeVersion
from .requirement import Level


class Module(Tenant):
    """A part of a programme version, done in a week of the path. `key`: the same module in every version.

    needs: keys of modules of the same version that come first. edition: the version of the playbook that it was
    written from; when a newer material one is out, the module is stale.
    """

    class Kind(models.TextChoices):
        COMMON = "common", _("Common")
        PROCESS = "process", _("Process")
        WORLD = "world", _("The customer’s world")
        PICTURE = "picture", _("Big picture")

    of = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="modules", db_index=False)
    key = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.COMMON)
    title = models.CharField(_("title"), max_length=200)
    week = models.PositiveSmallIntegerField(
        _("week"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    playbook = models.ForeignKey(
        Playbook, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, blank=True)
    edition = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    needs = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="module_company_id"),
            models.UniqueConstraint(fields=["company", "of", "key"], name="module_key_unique"),
            models.UniqueConstraint(
                fields=["company", "of", "position"],
                name="module_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(kind="process", playbook__isnull=False, level__gt="")
                | (~models.Q(kind="process") & models.Q(playbook__isnull=True, level="")),
                name="module_of_a_process",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Item(Tenant):
    """A thing to do in a module. `key`: the same item in every version of the programme.

    times: how often it has to be done, for ride-alongs. due: business day of the path on which it should be done,
    the first day being 1. pass_mark: per cent of a quiz. tries: at most so many, 0 for any number. pause_hours:
    between two tries of a quiz. draws: so many questions of its own each time, 0 for all. rubric: what whoever judges
    looks for; of a checklist its lines. goal, partner: of a role-play.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        QUIZ = "quiz", _("Quiz")
        RIDE_ALONG = "ride_along", _("Ride-along")
        ROLE_PLAY = "role_play", _("Role-play")
        ASSIGNMENT = "assignment", _("Assignment")
        SESSION = "session", _("Live session")
        CHECKLIST = "checklist", _("Checklist")
        SIGN_OFF = "sign_off", _("Sign-off")

    class Form(models.TextChoices):
        """How much of the work at a ride-along is the trainee's."""

        OBSERVE = "observe", _("Observe")
        ASSIST = "assist", _("Assist")
        LEAD = "lead", _("Lead, observed")
        SOLO = "solo", _("Solo")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="items", db_index=False)
    key = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    # Markdown; of a role-play the brief.
    body = models.TextField(_("text"), blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    due = models.PositiveSmallIntegerField(
        _("due on business day"), default=5, validators=[MinValueValidator(1), MaxValueValidator(260)]
    )
    times = models.PositiveSmallIntegerField(
        _("how often"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    form = models.CharField(_("form"), max_length=8, choices=Form.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30, validators=[MaxValueValidator(1440)])
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in per cent"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    pause_hours = models.PositiveSmallIntegerField(_("hours between tries"), default=0)
    draws = models.PositiveSmallIntegerField(_("questions drawn"), default=0)
    goal = models.TextField(_("goal"), blank=True)
    partner = models.TextField(_("partner"), blank=True)
    rubric = ArrayField(models.CharField(max_length=300), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="item_company_id"),
            models.UniqueConstraint(fields=["company", "module", "key"], name="item_key_unique"),
            models.UniqueConstraint(
                fields=["company", "module", "position"],
                name="item_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(kind="ride_along", form__gt="")
                | (~models.Q(kind="ride_along") & models.Q(form="")),
                name="item_form_of_a_ride_along",
            ),
            models.CheckConstraint(condition=models.Q(times__gte=1), name="item_done_once_at_least"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def values(self) -> dict[str, Any]:
        """What a copy in another version says, too."""
        names = [field.attname for field in self._meta.concrete_fields]
        return {name: getattr(self, name) for name in names if name not in ("id", "module_id", "company_id")}
