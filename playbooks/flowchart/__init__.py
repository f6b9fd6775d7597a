"""A playbook as a flowchart and as the same in words, both made from its steps."""

from .outline import OutlineStep, OutlineWay, outline
from .picture import draw

__all__ = ["OutlineStep", "OutlineWay", "draw", "outline"]
