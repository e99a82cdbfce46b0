"""Lines of a person, a question and an answer with tabs between, in text alone."""

from pathlib import Path

from builder.base.errors import CallError
from builder.imports.foreign import TRAIN, Asked, ForeignSet


def read(source: Path, foreign: ForeignSet, /) -> None:
    """Read lines.tsv: each question is taught and asked."""
    path = source / "lines.tsv"
    if not path.is_file():
        raise CallError(f"{source} has no lines.tsv.")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        who, question, answer = (*line.split("\t"), "", "")[:3]
        person = foreign.person(who, TRAIN)
        for use in ("train", "eval"):
            asked = Asked("generation", "text", use, question, answer, about=f"line_{number}")
            foreign.add_question(person, asked, f"lines.tsv, line {number}")
