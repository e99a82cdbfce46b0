"""Is this a sound benchmark? Every check that looks across records, and the report they make."""

from builder.audit.finding import Example, Finding, Report, Value, read
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.audit.running import REPORT, VERSION, audit, audit_path, describe, stands

__all__ = [
    "REPORT",
    "VERSION",
    "Audit",
    "Example",
    "Finding",
    "Note",
    "Notes",
    "Report",
    "Setting",
    "Value",
    "audit",
    "audit_path",
    "describe",
    "read",
    "stands",
]
