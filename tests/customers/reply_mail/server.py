"""An SMTP server of the tests, and what they have in common."""

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage

SETTINGS = {"name": "Harbour & Pine", "currency": "", "follow_up_days": "7"}


class Server:
    """An SMTP server that keeps what it takes. answers: what it says instead, one for each mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refusals: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                server.transport.close()
            return answer
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"

    def only(self) -> EmailMessage:
        [mail] = self.mails
        return mail


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def text(answer) -> str:
    return " ".join(answer.content.decode().split())
