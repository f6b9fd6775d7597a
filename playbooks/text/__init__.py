"""A playbook as text that people and other tools can read, write and compare."""

from .faults import Fault, Unreadable

__all__ = ["Fault", "Unreadable"]
