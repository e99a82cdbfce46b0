from collections.abc import Sequence
from random import Random

import pytest

from builder.base.recipe import Recipe
from builder.base.records import Profile
from builder.llm.writer import Ask, Wording
from builder.profiles import make_profile


class Lister:
    """A writer that lists every value."""

    def biography(self, profile: Profile, stream: Random) -> str:
        lines = [f"{fact.key}: {fact.value}." for fact in profile.facts]
        stream.shuffle(lines)
        return " ".join([f"This is {profile.name}.", *lines])

    def word(self, profile: Profile, asks: Sequence[Ask], stream: Random) -> list[Wording]:
        raise NotImplementedError


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return Recipe(seed=7)


@pytest.fixture(scope="session")
def people(recipe: Recipe) -> list[Profile]:
    """Four hundred people of all locales."""
    return [make_profile(number, recipe, Lister()) for number in range(400)]
