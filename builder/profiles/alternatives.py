"""Values that a fact could have had: what imagined persons have who look and are called the same.

An imagined person is drawn by the code that drew the true one, with the same name, country, gender and age group,
and is otherwise independent. So nothing that a question shows sets the truth apart from its alternatives; they keep
the order in which they were drawn.
"""

import re

from builder.errors import BenchError
from builder.profiles.facts import KINDS
from builder.profiles.persona import Sketch, World, draw
from builder.randomness import stream

_FEWEST = 5
_PATIENCE = 400
"""How many persons are imagined before a fact is left with fewer alternatives than the recipe wishes."""


class NoAlternatives(BenchError):
    """A fact whose distribution is too narrow to ask about it."""


def imagine(id: str, sketch: Sketch, truth: dict[str, str], world: World, wish: int) -> dict[str, tuple[str, ...]]:
    """Per asked fact `wish` alternatives, or as many as it has other values where these are fewer.

    All differ, case aside, from each other and from every value of the true person, and none is a word sequence of the
    truth or the other way round. Raises NoAlternatives when a fact is left with fewer than five.
    """
    wanted = {kind.key: min(wish, kind.domain - 1) if kind.domain else wish for kind in KINDS if kind.asked}
    found: dict[str, dict[str, str]] = {key: {} for key in wanted}
    barred = {value.casefold() for value in truth.values()}
    barred |= {sketch.given_name.casefold(), sketch.family_name.casefold()}
    pending = list(wanted)
    for number in range(_PATIENCE):
        person = draw(sketch, world, stream(world.seed, id, "profiles", "imagined", number))
        for key in pending:
            value = person[key]
            folded = value.casefold()
            if folded not in barred and folded not in found[key] and not nested(value, truth[key]):
                found[key][folded] = value
        pending = [key for key in pending if len(found[key]) < wanted[key]]
        if not pending:
            break
    for key in pending:
        if len(found[key]) < _FEWEST:
            raise NoAlternatives(
                f"profile {id}: '{key}' has only {len(found[key])} alternatives among {_PATIENCE} imagined persons; "
                f"at least {_FEWEST} are needed; another seed or more employers_per_sector may help."
            )
    return {key: tuple(values.values()) for key, values in found.items()}


def nested(one: str, other: str) -> bool:
    """Whether the words of one are a sequence of words inside the other, case aside."""
    first, second = _spaced(one), _spaced(other)
    return first in second or second in first


def _spaced(text: str) -> str:
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return f" {words} "
