from __future__ import annotations

import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member

SCOPES = (
    "read",
    "write",
    "hiring:read",
    "hiring:write",
    "training:read",
    "training:write",
    "import",
    "admin",
)


class ApiKey(models.Model):
    """A key that acts for a member within scopes. Only its hash is kept; the key is shown once.

    The key has 256 random bits, so one round of SHA-256 is enough to keep it safe at rest.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_keys")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField(db_default=Now())
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @staticmethod
    def new_secret() -> str:
        return "cs_" + secrets.token_urlsafe(32)

    @staticmethod
    def hash(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()
