from .company import CompanyForm, KeyForm, LedgerForm, ZoneForm
from .entrance import JoinForm, SetupForm
from .lines import HandoverForm, LineForm, as_sent
from .people import DepartureForm, PersonEditForm, PersonForm, TeamForm, offered
from .profile import ProfileForm, zone_choices

__all__ = [
    "CompanyForm",
    "DepartureForm",
    "HandoverForm",
    "JoinForm",
    "KeyForm",
    "LedgerForm",
    "LineForm",
    "PersonEditForm",
    "PersonForm",
    "ProfileForm",
    "SetupForm",
    "TeamForm",
    "ZoneForm",
    "as_sent",
    "offered",
    "zone_choices",
]
