"""Recorded writes of the customers app."""

from .conflict import EditConflict
from .customers import enter_customer, set_owner, set_revenue
from .notes import add_note, keep_promise
from .shifts import record_shift
from .surveys import answer_survey
from .tickets import (
    assign_ticket,
    change_ticket,
    close_ticket,
    delete_ticket,
    hold_ticket,
    log_ticket,
    mark_spam,
    merge_ticket,
    note_on_ticket,
    pend_ticket,
    receive_reply,
    reopen_ticket,
    reply_to_ticket,
    resolve_ticket,
    restore_ticket,
)

__all__ = [
    "EditConflict",
    "add_note",
    "answer_survey",
    "assign_ticket",
    "change_ticket",
    "close_ticket",
    "delete_ticket",
    "enter_customer",
    "hold_ticket",
    "keep_promise",
    "log_ticket",
    "mark_spam",
    "merge_ticket",
    "note_on_ticket",
    "pend_ticket",
    "receive_reply",
    "record_shift",
    "reopen_ticket",
    "reply_to_ticket",
    "resolve_ticket",
    "restore_ticket",
    "set_owner",
    "set_revenue",
]
