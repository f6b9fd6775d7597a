"""What is to be learned, who is learning it, and who is good at it."""

from .certificate import TRUSTED, Certificate, Standing, Supervision
from .enrolment import Enrolment, Entry, QuizTry, RideAlong
from .module import Item, Module
from .ongoing import DevelopmentPlan, PlanGoal, PlanReview, Seat, Session
from .programme import Programme, ProgrammeVersion
from .quiz import ItemQuestion, Question
from .requirement import ORDER, Level, Requirement
from .settings import TrainingSettings
from .world import Snapshot, Voice

__all__ = [
    "ORDER",
    "TRUSTED",
    "Certificate",
    "DevelopmentPlan",
    "Enrolment",
    "Entry",
    "Item",
    "ItemQuestion",
    "Level",
    "Module",
    "PlanGoal",
    "PlanReview",
    "Programme",
    "ProgrammeVersion",
    "Question",
    "QuizTry",
    "Requirement",
    "RideAlong",
    "Seat",
    "Session",
    "Snapshot",
    "Standing",
    "Supervision",
    "TrainingSettings",
    "Voice",
]
