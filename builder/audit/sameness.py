"""How much biographies repeat each other: self-BLEU-4, values and names masked."""

import math
from collections import Counter
from collections.abc import Sequence

from builder.audit import masking
from builder.format.reading import Person

MOST = 550
"""How many people are compared: fixed, since with more people more of a text occurs in some other."""
_LONGEST = 4


def is_compared(person: Person, people: int) -> bool:
    """Whether this person's biography is among those that are compared: every n-th is."""
    return int(person.profile.id) % max(1, math.ceil(people / MOST)) == 0


def masked_biography(person: Person) -> str:
    """The words of the biography, in small letters, every value and name replaced by a mask; between single spaces."""
    profile = person.profile
    values = sorted((fact.value for fact in profile.facts), key=len, reverse=True)
    names = (profile.name, profile.given_name, profile.family_name)
    masks = [*((name, masking.NAME) for name in names[:1]), *((value, masking.VALUE) for value in values)]
    return " ".join(
        masking.words(masking.mask(profile.biography, [*masks, *((name, masking.NAME) for name in names[1:])]))
    )


def self_bleu(texts: Sequence[str]) -> list[float]:
    """BLEU-4 of each text with all the others as its references (Zhu et al. 2018, Texygen), words between spaces.

    A run of words counts as often as in the one other text that has it most. Unsmoothed, without a penalty for
    brevity: among hundreds of references one is as long.
    """
    tokens = [each.split() for each in texts]
    logs = [0.0] * len(texts)
    for length in range(1, _LONGEST + 1):
        counts = [Counter(zip(*(words[start:] for start in range(length)), strict=False)) for words in tokens]
        for place, share in enumerate(_found_elsewhere(counts)):
            logs[place] += math.log(share) / _LONGEST if share else -math.inf
    return [math.exp(each) for each in logs]


def _found_elsewhere(counts: Sequence[Counter[tuple[str, ...]]]) -> list[float]:
    """The share of each text's runs that another text has too, as often."""
    most: dict[tuple[str, ...], tuple[int, int, int]] = {}  # the largest count, whose it is, the next largest
    for place, runs in enumerate(counts):
        for run, number in runs.items():
            first, whose, second = most.get(run, (0, -1, 0))
            if number > first:
                most[run] = (number, place, first)
            elif number > second:
                most[run] = (first, whose, number)
    shares = []
    for place, runs in enumerate(counts):
        found = sum(min(number, _most_of_others(most[run], place)) for run, number in runs.items())
        shares.append(found / max(1, runs.total()))
    return shares


def _most_of_others(most: tuple[int, int, int], place: int) -> int:
    first, whose, second = most
    return second if whose == place else first
