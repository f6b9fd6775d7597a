"""Scenarios, playbooks and their versions, runs."""

from .acknowledgement import Acknowledgement
from .coverage_day import CoverageDay
from .flag import Flag
from .playbook import Playbook
from .run import Run
from .run_event import RunEvent
from .scenario import Scenario, ScenarioCategory
from .step import Exit, Step
from .version import Version
from .words import PlaybookWords
from .writing_slot import WritingSlot

__all__ = [
    "Acknowledgement",
    "CoverageDay",
    "Exit",
    "Flag",
    "Playbook",
    "PlaybookWords",
    "Run",
    "RunEvent",
    "Scenario",
    "ScenarioCategory",
    "Step",
    "Version",
    "WritingSlot",
]
