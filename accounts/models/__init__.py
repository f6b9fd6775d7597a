from .activity import Activity, Outbox
from .company import Company, CompanyZone
from .draft import Draft
from .idempotency import IdempotencyKey
from .invitation import Invitation
from .key import ApiKey
from .member import Member, Role, Team
from .notification import Notification
from .removal import Removal
from .reporting import ReportingLine
from .user import User

__all__ = [
    "Activity",
    "ApiKey",
    "Company",
    "CompanyZone",
    "Draft",
    "IdempotencyKey",
    "Invitation",
    "Member",
    "Notification",
    "Outbox",
    "Removal",
    "ReportingLine",
    "Role",
    "Team",
    "User",
]
