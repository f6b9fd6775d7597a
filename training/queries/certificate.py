"""The page of one certificate, and of one person with one process."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Member
from playbooks.models import Playbook
from training.models import Certificate, Supervision
from training.permissions import can_certify, can_supervise

from .people import is_above
from .standings import LOOKS, Look


@dataclass(frozen=True)
class Was:
    """A certificate of the history."""

    row: Certificate
    look: Look


@dataclass(frozen=True)
class CertificatePage:
    """history: all of the person for this process, the newest first. is_newest: none has taken its place."""

    certificate: Certificate
    look: Look
    history: list[Was]
    is_newest: bool
    may_certify: bool
    today: date

    @property
    def holds(self) -> bool:
        return self.look.key in ("valid", "refresh")

    @property
    def may_renew(self) -> bool:
        return self.may_certify and self.is_newest and self.look.key != "revoked"

    @property
    def may_revoke(self) -> bool:
        return self.may_certify and self.is_newest and self.look.key in ("valid", "refresh", "expired")


def certificate_page(member: Member, certificate: Certificate) -> CertificatePage:
    today = member.company.today()
    rows = Certificate.objects.filter(
        company_id=member.company_id, member_id=certificate.member_id, playbook_id=certificate.playbook_id
    ).select_related("issued_by", "revoked_by", "enrolment__version__programme")
    history = [Was(row, LOOKS[row.standing(today).value]) for row in rows.order_by("-id")]
    return CertificatePage(
        certificate,
        LOOKS[certificate.standing(today).value],
        history,
        history[0].row.id == certificate.id,
        can_certify(member, certificate, is_above(member, certificate.member_id)),
        today,
    )


def supervision_of(person: Member, playbook: Playbook) -> Supervision | None:
    """Who stands beside somebody for a process, if it was not ended."""
    rows = Supervision.objects.filter(
        company_id=person.company_id, member=person, playbook=playbook, ended_at__isnull=True
    )
    return rows.select_related("supervisor", "named_by").first()


def may_supervise(member: Member, person: Member) -> bool:
    return can_supervise(member, person.id, is_above(member, person.id))
