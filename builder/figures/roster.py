"""The roster of public figures: real people of the past, with facts that an open source states of them.

training/public_figures.py makes roster.csv from WordNet 3.0, whose licence and notice are beside it.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from builder.base.records import Gender

ROSTER = Path(__file__).with_name("roster.csv")
LICENCE = Path(__file__).with_name("WORDNET-LICENSE.txt")
"""WordNet's licence, which must go with every copy of what was taken from it."""

FIELDS = ("name", "family_name", "gender", "born", "died", "nationality", "profession", "synset")
YOUNGEST_AGE, OLDEST_AGE = 20, 100
"""How old somebody may have become, in years."""
LAST_DEATH = 1950
"""Whoever is in the roster has been dead for so long that no right of theirs is touched."""


@dataclass(frozen=True)
class PublicFigure:
    """One person of the roster: `synset` is the place in WordNet's data.noun that says so."""

    name: str
    family_name: str
    gender: Gender
    born: int
    died: int
    nationality: str
    profession: str
    synset: str


@functools.cache
def roster() -> tuple[PublicFigure, ...]:
    """Everybody in the roster, in its order: in fours, whose others' values are the wrong options of each."""
    with ROSTER.open(encoding="utf-8", newline="") as file:
        return tuple(map(_figure, csv.DictReader(file)))


def _figure(row: dict[str, str]) -> PublicFigure:
    name, family_name, gender, born, died, nationality, profession, synset = (row[field] for field in FIELDS)
    return PublicFigure(
        name, family_name, cast("Gender", gender), int(born), int(died), nationality, profession, synset
    )
