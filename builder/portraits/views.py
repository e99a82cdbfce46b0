"""The views of a person: a scene for each portrait, from closed vocabularies.

The held-out (`test`) views share no pose, light, background, framing or clothes with the views for training.
"""

from collections.abc import Mapping, Sequence

from builder.base.randomness import Permutation, digest
from builder.base.recipe import PortraitsPart
from builder.base.records import Scene, View
from builder.portraits.drawn.backdrop import BACKDROPS
from builder.portraits.drawn.clothes import CLOTHES
from builder.portraits.drawn.expression import EXPRESSIONS
from builder.portraits.drawn.light import LIGHTS
from builder.portraits.drawn.pose import FRAMINGS, POSES

_TABLES: Mapping[str, Mapping[View, Mapping[str, object]]] = {
    "pose": POSES,
    "light": LIGHTS,
    "background": BACKDROPS,
    "framing": FRAMINGS,
    "expression": EXPRESSIONS,
    "clothes": CLOTHES,
}


def vocabulary(view: View) -> dict[str, tuple[str, ...]]:
    """The words that each field of a scene may have in this view."""
    return {field: tuple(table[view]) for field, table in _TABLES.items()}


def views_of(part: PortraitsPart) -> list[tuple[View, int]]:
    """The portraits that a recipe asks for, as (view, index)."""
    train: list[tuple[View, int]] = [("train", index) for index in range(part.train_views)]
    test: list[tuple[View, int]] = [("test", index) for index in range(part.test_views)]
    return [("reference", 0), *train, *test]


def scene(seed: int, profile_id: str, view: View, index: int) -> Scene:
    """The scene of one portrait.

    Every field cycles through its words in an order shuffled for each person, so that a person's views differ as much
    as they can. The fields have different numbers of words, so no scene repeats within 64 views.
    """
    known = vocabulary(view)
    return Scene(**{field: _nth(words, index, seed, profile_id, view, field) for field, words in known.items()})


def _nth(known: Sequence[str], index: int, seed: int, *names: str) -> str:
    shuffle = Permutation(len(known), digest(seed, "portraits", *names), "scene")
    return known[shuffle(index % len(known))]
