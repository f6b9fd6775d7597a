"""Reads of the customers app."""

from .imports import import_running_since

__all__ = ["import_running_since"]
