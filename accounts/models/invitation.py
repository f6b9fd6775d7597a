from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member

LASTS = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, member: Member) -> InvitationQuerySet:
        return self.filter(company_id=member.company_id)

    def pending(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; the time of some may be over."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def open(self, now: datetime) -> InvitationQuerySet:
        """Those that can be accepted at an instant."""
        return self.pending().filter(expires_at__gt=now, member__is_active=True)


class Invitation(models.Model):
    """A link by which a person of the company gets a sign-in. Only the hash of its secret is kept.

    The secret has 256 random bits, so one round of SHA-256 is enough to keep it safe at rest.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"for {self.member_id}"

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def hash(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def is_over(self, now: datetime) -> bool:
        return self.expires_at <= now
