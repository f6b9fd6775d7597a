"""Reads of playbooks."""
