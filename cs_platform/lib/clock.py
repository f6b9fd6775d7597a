"""The only clock. SQL takes its instant as a parameter; tests move it in every process through one file."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    if settings.TEST_CLOCK:
        return _moved(Path(settings.TEST_CLOCK))
    return timezone.now()


def _moved(file: Path) -> datetime:
    text = file.read_text().strip() if file.exists() else ""
    if not text:
        return timezone.now()
    if text[0] in "+-":
        return timezone.now() + timedelta(seconds=float(text))
    return datetime.fromisoformat(text)
