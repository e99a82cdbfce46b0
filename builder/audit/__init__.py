"""Is this a sound benchmark? Every check that looks across records, and the report they make."""

from builder.audit.auditing import VERSION, audit, audit_path, describe, stands
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes
from builder.format.audit_report import REPORT, Finding, FindingExample, Report, Value, read_report

__all__ = [
    "REPORT",
    "VERSION",
    "Audit",
    "Finding",
    "FindingExample",
    "Note",
    "Notes",
    "Report",
    "Setting",
    "Value",
    "audit",
    "audit_path",
    "describe",
    "read_report",
    "stands",
]
