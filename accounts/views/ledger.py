"""What was done in the company, by whom and when."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.forms import LedgerForm
from accounts.middleware import MemberRequest
from accounts.models import Activity
from accounts.queries.ledger import LOOK_BACK, SHOWN, ledger, names_of, older_than
from accounts.views.access import admin_required, page_status
from cs_platform.lib import clock
from cs_platform.lib.outside import instant, number
from cs_platform.lib.sheets import csv_response


@require_safe
@admin_required
def activity_index(request: MemberRequest) -> HttpResponse:
    form = LedgerForm(request.GET, member=request.member)
    rows, is_bounded = _rows(request, form)
    after = _after(request.GET.get("after", ""))
    found = list((older_than(rows, *after) if after else rows)[: SHOWN + 1])
    shown = found[:SHOWN]
    asked = {key: value for key, value in request.GET.items() if key in form.fields and value}
    context = {
        "form": form,
        "rows": [(row, _said(row)) for row in shown],
        "names": names_of(shown),
        "older": urlencode(asked | {"after": _place(shown[-1])}) if len(found) > SHOWN else "",
        "query": urlencode(asked),
        "is_bounded": is_bounded,
        "days": LOOK_BACK.days,
    }
    return render(request, "accounts/settings/activity.html", context, status=page_status(form))


@require_safe
@admin_required
def activity_csv(request: MemberRequest) -> HttpResponseBase:
    """The same rows as on the page, of at most three months, as one file."""
    form = LedgerForm(request.GET, member=request.member)
    rows, _bounded = _rows(request, form, always_bounded=True)
    header = ("time", "who", "what", "about", "id", "detail")
    return csv_response("activity", header, _lines(rows))


def _rows(
    request: MemberRequest, form: LedgerForm, always_bounded: bool = False
) -> tuple[QuerySet[Activity], bool]:
    """The rows asked for, newest first, and whether only the last months are looked through."""
    data: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    until = clock.now() + timedelta(minutes=1)
    if data.get("until"):
        until = timezone.make_aware(datetime.combine(data["until"] + timedelta(days=1), time()))
    is_bounded = always_bounded or bool(data.get("verb") or data.get("who"))
    since = until - LOOK_BACK if is_bounded else None
    return ledger(request.member, until, data.get("verb", ""), data.get("who"), since), is_bounded


def _lines(rows: QuerySet[Activity]) -> Iterator[tuple]:
    for row in rows.iterator(chunk_size=2000):
        who = row.actor.email if row.actor else ""
        detail = json.dumps(row.detail, ensure_ascii=False)
        yield row.occurred_at.isoformat(), who, row.verb, row.subject_type, row.subject_id, detail


def _said(row: Activity) -> str:
    """The detail of a row in one line."""
    return ", ".join(f"{key}: {_short(value)}" for key, value in row.detail.items())


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


def _place(row: Activity) -> str:
    return f"{row.occurred_at.isoformat()}~{row.id}"


def _after(text: str) -> tuple[datetime, int] | None:
    at, _tilde, row_id = text.partition("~")
    found, row = instant(at), number(row_id)
    return None if found is None or row is None else (found, row)
