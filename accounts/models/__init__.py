from .activity import Activity, Outbox
from .company import Company, CompanyZone
from .key import ApiKey
from .member import Member, Role, Team
from .reporting import ReportingLine
from .user import User

__all__ = [
    "Activity",
    "ApiKey",
    "Company",
    "CompanyZone",
    "Member",
    "Outbox",
    "ReportingLine",
    "Role",
    "Team",
    "User",
]
