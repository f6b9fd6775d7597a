"""`python -m cs_platform.embedded start|stop|env`, for the state folder in VAR (default `var`)."""

import os
import shlex
import sys
from pathlib import Path

from cs_platform import embedded


def main(arguments: list[str]) -> int:
    """Returns 0, 1 when a server cannot be had or does not run, 2 for a wrong call."""
    var = Path(os.environ.get("VAR") or "var")
    try:
        match arguments:
            case ["start"]:
                return _say(embedded.ensure(var))
            case ["stop"]:
                embedded.stop(var)
                return 0
            case ["env"]:
                return _say(embedded.addresses(var))
    except embedded.EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write("usage: python -m cs_platform.embedded start|stop|env\n")
    return 2


def _say(found: embedded.Addresses | None) -> int:
    if found is None:
        sys.stderr.write("The embedded servers are not running.\n")
        return 1
    values = {
        "DATABASE_URL": found.database_url,
        "DATABASE_OWNER_URL": found.owner_database_url,
        "REDIS_URL": found.redis_url,
    }
    sys.stdout.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
