"""Is this a sound benchmark? Every check that looks across records, and the report they make."""

from builder.audit.auditing import REPORT, VERSION, audit, audit_path, describe, stands
from builder.audit.finding import Finding, FindingExample, Report, Value, read_report
from builder.audit.interface import Audit, Setting
from builder.audit.notes import Note, Notes

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
