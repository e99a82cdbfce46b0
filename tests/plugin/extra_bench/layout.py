"""Evaluation questions as plain lines."""

from pathlib import Path

from builder.format.reading import Release


def write(release: Release, folder: Path, to: Path, /) -> list[str]:
    """A line for each evaluation question: its id, a tab and the question."""
    with (folder / "questions.tsv").open("w", encoding="utf-8") as file:
        for person in release.people(*release.segments):
            for question in person.questions:
                if question.use == "eval":
                    file.write(f"{question.id}\t{question.question}\n")
    return ["options and images are left out"]
