"""Where the web server listens, whether it can, and whether it answers."""

import http.client
import socket
import urllib.error
import urllib.request


class StartError(Exception):
    """What keeps us from starting, in one line for the person at the terminal."""


def parsed_port(value: str) -> int:
    """A port number. Raises StartError."""
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise StartError(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def check_port(host: str, port: int) -> None:
    """Raises StartError if nobody could listen there now."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
    except OSError as error:
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}): try another, PORT=8001."
        ) from None


def address(host: str) -> str:
    """The host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def site(host: str, port: int) -> str:
    """The address to open: of a server that listens everywhere, the local one."""
    return f"http://{address({'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host))}:{port}"


def opened(address: str) -> tuple[str, str]:
    """Where a page of ours leads and what it says; ("", "") when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10) as answer:
            return answer.url, answer.read(200_000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return "", ""


def health(site: str) -> tuple[int, str]:
    """Status and text of the health page; (0, "") when nobody answers."""
    # Not urllib's default opener: a proxy named in the environment is no way to ourselves.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{site}/healthz", timeout=5) as answer:
            return answer.status, answer.read(500).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
