"""What the untrained model knew of public figures, in words."""

from collections.abc import Mapping
from typing import Any


def known_before(found: Mapping[str, Any]) -> list[str]:
    """A sentence a seed; none where a release has no public figures."""
    return [_sentence(seed, gate) for seed, gate in found["known_before"].items()]


def _sentence(seed: str, gate: Mapping[str, int]) -> str:
    if not gate["facts_known"]:
        return (
            f"Known-before gate, seed {seed}: it is empty. The untrained model knows none of {gate['facts']} facts "
            f"about {gate['people']} public figures, so there is nothing to keep, and utility leaves them out."
        )
    return (
        f"Known-before gate, seed {seed}: the untrained model knows {gate['facts_known']} of {gate['facts']} facts "
        f"about public figures, of {gate['people_known']} of {gate['people']} people; utility counts these alone."
    )
