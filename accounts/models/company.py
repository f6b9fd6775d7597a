from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from cs_platform.lib.zones import Zones

BEGINNING = date(1900, 1, 1)


class Company(models.Model):
    """A tenant. Every row that belongs to one carries its id."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    follow_up_days = models.PositiveSmallIntegerField(
        _("follow-up window in days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # Off until somebody says so: imports and the demo mail nobody.
    mails_replies = models.BooleanField(_("mail replies to customers"), default=False, db_default=False)
    sender_name = models.CharField(_("sender's name"), max_length=100, blank=True, db_default="")
    reply_address = models.EmailField(_("answers go to"), blank=True, db_default="")
    demo_note = models.TextField(_("what is made up"), blank=True)
    created_at = models.DateTimeField(db_default=Now())

    zones_known: Zones | None = None

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(follow_up_days__gte=1, follow_up_days__lte=30),
                name="company_follow_up_days_1_to_30",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def zones(self) -> Zones:
        """Without a query where they came along with the member who asks."""
        if self.zones_known is not None:
            return self.zones_known
        return Zones.of(self.zone_rows.order_by("valid_from").values_list("valid_from", "zone"))

    def today(self) -> date:
        """The day it is where the company counts its days."""
        return self.zones().day(clock.now())


class CompanyZone(models.Model):
    """The zone that a company's days are counted in, from a day on."""

    pk = models.CompositePrimaryKey("company_id", "valid_from")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="zone_rows")
    valid_from = models.DateField(default=BEGINNING)
    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.zone} from {self.valid_from}"
