"""The public figures of a run. They are so few and so quickly made that they are made with the release, not in shards.

Each is a pure function of the roster and the recipe, like everybody: the offline writer words the questions about them
whoever words the others, as a model that is to be measured by them should not have worded them.
"""

import hashlib
from collections.abc import Iterator
from functools import partial

from builder import questions
from builder.base.recipe import Recipe
from builder.base.records import FIRST_PUBLIC_FIGURE
from builder.figures import profiles
from builder.figures.roster import LICENCE, ROSTER
from builder.format.reading import Person
from builder.format.splits import PUBLIC_FIGURES
from builder.llm.offline_writer import OfflineWriter
from builder.release.public_figures import PublicFigures

FILES = (ROSTER, LICENCE)
VERSION = 1
"""Raised whenever the code makes other rows than before."""


def public_figures(recipe: Recipe) -> PublicFigures | None:
    """The public figures that a recipe asks for. Raises CallError when it asks for more than there are."""
    count = recipe.public_figures.count
    if not count:
        return None
    profiles.check_count(count)
    return PublicFigures(
        ids=tuple(f"{FIRST_PUBLIC_FIGURE + place:05d}" for place in range(count)),
        basis={"code version": VERSION} | {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES},
        notices=(LICENCE.read_text(encoding="utf-8"),),
        make=partial(_people, recipe),
    )


def _people(recipe: Recipe) -> Iterator[Person]:
    writer = OfflineWriter()
    for place in range(recipe.public_figures.count):
        profile = profiles.profile(place)
        asked = questions.make_questions(profile, recipe, writer)
        yield Person(profile, (), tuple(asked), PUBLIC_FIGURES, profiles.sources(place))
