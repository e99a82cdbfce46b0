"""The sections of table.md as data: headings, sentences and tables, for a page to show."""

from typing import Any

_RULE = "| ---"
_ELSEWHERE = ("# ", "**", "- ")
"""How the title, the warnings and the notes begin, which the page shows for itself."""


def sections(markdown: str) -> list[dict[str, Any]]:
    """Each section with its `title`, and in `parts` its sentences and tables; the first is the preface, without one."""
    found: list[dict[str, Any]] = [{"title": "", "parts": []}]
    rows: list[list[str]] = []
    for line in markdown.splitlines():
        if line.startswith("|"):
            if not line.startswith(_RULE):
                rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            found[-1]["parts"].append(rows)
            rows = []
        if line.startswith("## "):
            found.append({"title": line[3:], "parts": []})
        elif line and not line.startswith(_ELSEWHERE):
            found[-1]["parts"].append(line)
    if rows:
        found[-1]["parts"].append(rows)
    return found
