"""A judge model's opinions on a sample of the people, for the report. They make no check pass or fail."""

import json
from statistics import fmean
from typing import Any

from builder.audit.finding import MOST_EXAMPLES
from builder.base.records import digest
from builder.format.audit_report import FindingExample, Judgement
from builder.format.reading import Release

MARKS = "judge.json"


def judgement(release: Release) -> Judgement | None:
    """The ratings beside the release, for people whose records have not changed since the judge read them."""
    try:
        kept = json.loads(release.beside(MARKS).read_text(encoding="utf-8"))
        opinions = {str(each["profile_id"]): each for each in kept["opinions"]}
        about = {id: each["sha256"] for id, each in opinions.items()}
        found = [
            opinions[person.profile.id]
            for person in release.named(about)
            if digest(person.profile, person.questions) == about[person.profile.id]
        ]
        return _summarise(str(kept["model"]), found) if found else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # there is none, or none that this version understands


def _summarise(model: str, opinions: list[dict[str, Any]]) -> Judgement:
    worst = sorted(opinions, key=lambda each: (each["naturalness"] + each["consistency"], each["profile_id"]))
    return Judgement(
        model=model,
        people=len(opinions),
        naturalness=round(fmean(each["naturalness"] for each in opinions), 2),
        consistency=round(fmean(each["consistency"] for each in opinions), 2),
        worst=tuple(FindingExample(each["profile_id"], _describe(each)) for each in worst[:MOST_EXAMPLES]),
    )


def _describe(opinion: dict[str, Any]) -> str:
    marks = f"naturalness {opinion['naturalness']}, consistency {opinion['consistency']}"
    return f"{marks}: {opinion['remark']}" if opinion["remark"] else marks
