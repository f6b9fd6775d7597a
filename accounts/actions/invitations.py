from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Invitation, Member, User
from accounts.models.invitation import LASTS
from cs_platform.lib import clock


@transaction.atomic
def invite_member(*, actor: Member, member: Member, site: str) -> Invitation:
    """Invites a person to sign in; links sent before stop working. site: what a link begins with.

    The mail goes out after commit, by `send_invitation`. Raises ValidationError.
    """
    member = Member.objects.select_for_update(no_key=True).get(id=member.id)
    _check_invitable(member)
    now = clock.now()
    Invitation.objects.pending().filter(company_id=member.company_id, member=member).update(withdrawn_at=now)
    # Nobody knows the secret of this digest: the one that opens the page is made when the mail is.
    invitation = Invitation.objects.create(
        company_id=member.company_id,
        member=member,
        digest=Invitation.hash(Invitation.new_secret()),
        invited_by=actor,
        sent_at=now,
        expires_at=now + LASTS,
    )
    activity.record("invitation.made", invitation, actor=actor, member=member.id, site=site)
    return invitation


@transaction.atomic
def withdraw_invitations(*, actor: Member, member: Member) -> int:
    """Links sent to a person stop working; returns how many did."""
    pending = Invitation.objects.pending().filter(company_id=member.company_id, member=member)
    found = list(pending.select_for_update(of=("self",)))
    for invitation in found:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
        activity.record("invitation.withdrawn", invitation, actor=actor, member=member.id)
    return len(found)


@transaction.atomic
def send_invitation(*, invitation_id: int, site: str) -> bool:
    """Sends the mail of an invitation, with a secret that stands in this mail alone; False if it is over.

    Sent twice, the later mail counts. Raises OSError (and its kin of smtplib) if no mail server takes it.
    """
    found = Invitation.objects.select_for_update(of=("self",)).select_related(
        "company", "member", "invited_by"
    )
    invitation = found.open(clock.now()).filter(id=invitation_id).first()
    if invitation is None:
        return False
    secret = Invitation.new_secret()
    invitation.digest, invitation.sent_at = Invitation.hash(secret), clock.now()
    invitation.save(update_fields=["digest", "sent_at"])
    activity.record("invitation.sent", invitation, actor=None, member=invitation.member_id)
    words = {"invitation": invitation, "link": site + reverse("accounts:invitation", args=[secret])}
    send_mail(
        " ".join(render_to_string("accounts/email/invitation_subject.txt", words).split()),
        render_to_string("accounts/email/invitation.txt", words).strip() + "\n",
        None,
        [invitation.member.email],
    )
    return True


@transaction.atomic
def give_up_invitation(*, invitation_id: int, why: str) -> None:
    """No mail server took the mail; the person's page says so, and it can be sent again."""
    invitation = Invitation.objects.pending().filter(id=invitation_id).first()
    if invitation:
        activity.record(
            "invitation.not_sent", invitation, actor=None, member=invitation.member_id, why=why[:300]
        )


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, user: User | None, name: str = "", password: str = ""
) -> User:
    """Somebody comes in: with the user given, or with a new one. Raises ValidationError if it is too late."""
    member = (
        Member.objects.select_for_update(no_key=True).select_related("company").get(id=invitation.member_id)
    )
    now = clock.now()
    taken = Invitation.objects.open(now).filter(id=invitation.id).update(accepted_at=now)
    if not taken:
        raise ValidationError(_("This invitation has been used or withdrawn meanwhile."))
    if user is None:
        if User.objects.filter(email=member.email).exists():
            raise ValidationError(
                _("There is a sign-in with this e-mail address; sign in, and open the link again.")
            )
        user = User.objects.create(email=member.email, name=name, password=make_password(password))
        member.name = name if member.name == member.email else member.name
    member.user = user
    member.save(update_fields=["user", "name"])
    activity.record("invitation.accepted", invitation, actor=member, member=member.id)
    return user


def _check_invitable(member: Member) -> None:
    if not member.is_active:
        raise ValidationError(_("%(name)s has left. Let them return first.") % {"name": member.name})
    if member.user_id:
        raise ValidationError(_("%(name)s has a sign-in already.") % {"name": member.name})
    if member.is_bot:
        raise ValidationError(_("%(name)s is a program and signs in nowhere.") % {"name": member.name})
