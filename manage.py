#!/usr/bin/env python
"""Django's command line. `make manage CMD="..."` runs it against the right database."""

import os
import sys

OWNER_COMMANDS = {"migrate", "restore"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")
    # Only the owner of the tables may change them: the application's role cannot.
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if owner_url and len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_URL"] = owner_url

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
