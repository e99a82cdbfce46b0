"""Wrong options and wrong answers: which of a fact's alternatives may be used beside its value."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from builder.base.matching import folded, names_of, states
from builder.base.records import LETTERS, Fact, Profile

WRONG_OPTIONS = len(LETTERS) - 1


@dataclass(frozen=True)
class AskableFact:
    """A fact that can be asked, with those of its alternatives that can stand beside the value."""

    fact: Fact
    alternatives: tuple[str, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The value and its wrong options: the same in every question, so that comparing two gives nothing away."""
        return (self.fact.value, *self.alternatives[:WRONG_OPTIONS])


@functools.lru_cache(maxsize=1)
def askable_facts(profile: Profile) -> Mapping[str, AskableFact]:
    """The facts that can be asked of `profile`, by key, in the profile's order.

    Left out is a fact whose value holds part of the name, or stands in it: an image_text question could not be
    answered without saying the name, and a text question would hold its own answer. So is one with fewer than three
    alternatives left after those that hold part of the name, or overlap with the value, are passed over.
    """
    names = [folded(name) for name in names_of(profile)]
    found: dict[str, AskableFact] = {}
    for fact in profile.facts:
        if not fact.asked or _overlaps(folded(fact.value), names):
            continue
        alternatives = _acceptable(fact, names)
        if len(alternatives) >= WRONG_OPTIONS:
            found[fact.key] = AskableFact(fact, alternatives)
    return found


def restricted_facts(profile: Profile) -> Mapping[str, AskableFact]:
    """The facts that only their own tasks may ask for, by key: those with alternatives, although they are not asked."""
    return {
        fact.key: AskableFact(fact, fact.alternatives)
        for fact in profile.facts
        if not fact.asked and len(fact.alternatives) >= WRONG_OPTIONS
    }


def _acceptable(fact: Fact, names: list[str]) -> tuple[str, ...]:
    value = folded(fact.value)
    taken: dict[str, str] = {}
    for alternative in fact.alternatives:
        fold = folded(alternative)
        # "Porto" beside "Porto Alegre": a sentence with the one would state the other as well.
        if fold not in taken and not _overlaps(fold, names) and not _overlaps(fold, [value]):
            taken[fold] = alternative
    return tuple(taken.values())


def _overlaps(phrase: str, others: list[str]) -> bool:
    return any(
        (other in phrase and states(phrase, other)) or (phrase in other and states(other, phrase)) for other in others
    )


def shuffle(options: tuple[str, ...], stream: Random) -> tuple[tuple[str, ...], str]:
    """The options in a drawn order, and the letter of the first of `options`, uniform over A to D."""
    order = stream.sample(options, len(options))
    return tuple(order), LETTERS[order.index(options[0])]
