"""The report's sections as data: titles, sentences and tables, which table.md writes down and the page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

Table = list[list[str]]
"""Rows of cells; the first is the head."""
Part = str | Table
"""A paragraph or a table."""


@dataclass(frozen=True)
class ReportSection:
    """Paragraphs and tables under a title; the preface has none."""

    title: str
    parts: list[Part]


def markdown(sections: Iterable[ReportSection]) -> str:
    """Sections as Markdown, a blank line between any two blocks."""
    blocks = []
    for section in sections:
        if section.title:
            blocks.append(f"## {section.title}")
        blocks += [part if isinstance(part, str) else _table(part) for part in section.parts]
    return "\n\n".join(blocks)


def _table(rows: Table) -> str:
    head, *body = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([head, "| --- " * len(rows[0]) + "|", *body])
