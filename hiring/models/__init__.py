from .attribute import Attribute
from .candidate import Application, Candidate, CandidateFile, CandidateNote, Source, StageMove
from .decision import Decision, Offer
from .interview import Interview
from .kit import Kit, KitAttribute, KitQuestion, KitVersion
from .letter import Letter, LetterTemplate
from .mail import InterviewMail
from .qualification import InterviewerTraining
from .question import Question, QuestionKind
from .requisition import Criterion, Requisition, RequisitionMember, Stage
from .scorecard import COUNTED, PanelRole, Rating, Recommendation, Revision, Sample, Scorecard, Sign
from .settings import HiringSettings
from .takeover import Takeover
from .voluntary import VoluntaryAnswer

__all__ = [
    "COUNTED",
    "Application",
    "Attribute",
    "Candidate",
    "CandidateFile",
    "CandidateNote",
    "Criterion",
    "Decision",
    "HiringSettings",
    "Interview",
    "InterviewMail",
    "InterviewerTraining",
    "Kit",
    "KitAttribute",
    "KitQuestion",
    "KitVersion",
    "Letter",
    "LetterTemplate",
    "Offer",
    "PanelRole",
    "Question",
    "QuestionKind",
    "Rating",
    "Recommendation",
    "Requisition",
    "RequisitionMember",
    "Revision",
    "Sample",
    "Scorecard",
    "Sign",
    "Source",
    "Stage",
    "StageMove",
    "Takeover",
    "VoluntaryAnswer",
]
