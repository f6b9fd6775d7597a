from .category import Category
from .contact import Contact
from .customer import Customer, CustomerOwner
from .fact import CustomerFact
from .import_run import ImportRun, ImportSeen
from .long_deed import LongDeed
from .note import Note, NoteVersion
from .reply_mail import ReplyMail
from .revenue import Revenue
from .saved_view import SavedView
from .shift import Shift
from .survey import Survey, SurveyAnswer
from .ticket import UNCOUNTED, UNRESOLVED, Channel, Priority, Status, Ticket, TicketStatement
from .ticket_event import Event, TicketEvent
from .upload import Upload
from .words import TicketWords

__all__ = [
    "UNCOUNTED",
    "UNRESOLVED",
    "Category",
    "Channel",
    "Contact",
    "Customer",
    "CustomerFact",
    "CustomerOwner",
    "Event",
    "ImportRun",
    "ImportSeen",
    "LongDeed",
    "Note",
    "NoteVersion",
    "Priority",
    "ReplyMail",
    "Revenue",
    "SavedView",
    "Shift",
    "Status",
    "Survey",
    "SurveyAnswer",
    "Ticket",
    "TicketEvent",
    "TicketStatement",
    "TicketWords",
    "Upload",
]
