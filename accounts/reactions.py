"""What accounts itself does after a deed: the mails that it owes."""

from celery import current_app


def mail_invitations(company_id: int, rows: list[tuple[int, dict]]) -> None:
    """Has a worker send each mail. If the broker is away this fails, and the outbox tries again."""
    for invitation_id, detail in rows:
        current_app.send_task("accounts.tasks.mail_invitation", [invitation_id, detail["site"]], retry=False)


REACTIONS = {"invitation.made": mail_invitations}
