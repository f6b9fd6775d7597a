"""Recorded writes of the customers app."""

from .conflict import EditConflict
from .contacts import change_contact, enter_contact, mark_contact_left, take_contact_back
from .customers import change_customer, enter_customer, set_owner, set_revenue
from .erasure import erase_contact, erase_customer
from .intake import set_properties, take_in_ticket, write_note
from .merging import merge_customers
from .notes import add_note, change_note, delete_note, keep_promise, reopen_promise, restore_note
from .presence import come_by
from .quick_facts import change_fact, enter_fact, remove_fact, verify_fact
from .reply_mail import mail_again, send_reply
from .shifts import record_shift
from .surveys import answer_survey
from .ticket_states import (
    close_ticket,
    delete_ticket,
    hold_ticket,
    mark_spam,
    merge_ticket,
    pend_ticket,
    reopen_ticket,
    resolve_ticket,
    restore_ticket,
    resume_ticket,
)
from .ticket_undo import undo_state
from .tickets import (
    assign_ticket,
    change_ticket,
    log_ticket,
    note_on_ticket,
    receive_reply,
    reply_to_ticket,
)
from .unmerging import unmerge_customer

__all__ = [
    "EditConflict",
    "add_note",
    "answer_survey",
    "assign_ticket",
    "change_contact",
    "change_customer",
    "change_fact",
    "change_note",
    "change_ticket",
    "close_ticket",
    "come_by",
    "delete_note",
    "delete_ticket",
    "enter_contact",
    "enter_customer",
    "enter_fact",
    "erase_contact",
    "erase_customer",
    "hold_ticket",
    "keep_promise",
    "log_ticket",
    "mail_again",
    "mark_contact_left",
    "mark_spam",
    "merge_customers",
    "merge_ticket",
    "note_on_ticket",
    "pend_ticket",
    "receive_reply",
    "record_shift",
    "remove_fact",
    "reopen_promise",
    "reopen_ticket",
    "reply_to_ticket",
    "resolve_ticket",
    "restore_note",
    "restore_ticket",
    "resume_ticket",
    "send_reply",
    "set_owner",
    "set_properties",
    "set_revenue",
    "take_contact_back",
    "take_in_ticket",
    "undo_state",
    "unmerge_customer",
    "verify_fact",
    "write_note",
]
