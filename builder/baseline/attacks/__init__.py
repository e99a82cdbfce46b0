"""Attacks on an unlearned model: what can still be got out of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from builder.base.errors import CallError
from builder.base.registry import Registry

if TYPE_CHECKING:
    from builder.baseline.attacks.base import Attack


def _is_attack(found: object) -> bool:
    from builder.baseline.attacks.base import Attack

    return isinstance(found, type) and issubclass(found, Attack)


_HERE = "builder.baseline.attacks"
ATTACKS: Registry["type[Attack]"] = Registry(
    "attack",
    "build_bench.attacks",
    {
        "mia_loss": (f"{_HERE}.membership:Loss", "membership inference by the mean log-probability of an answer"),
        "mia_zlib": (f"{_HERE}.membership:Zlib", "membership inference by log-probability over zlib length"),
        "mia_min_k": (f"{_HERE}.membership:MinK", "membership inference by the least likely tokens, and PrivLeak"),
        "mia_min_k_plus_plus": (f"{_HERE}.membership:MinKPlusPlus", "the same of normalised log-probabilities"),
        "mia_reference": (f"{_HERE}.membership:Reference", "membership inference by the gain over the untrained model"),
    },
    must_be=f"a subclass of {_HERE}.base.OutcomeAttack or ModelAttack",
    fits=_is_attack,
)

DEFAULT = ("mia_loss", "mia_zlib", "mia_min_k", "mia_min_k_plus_plus", "mia_reference")
"""Run when none is named: membership inference, which needs no further work of a model."""


def made(names: Iterable[str]) -> dict[str, "Attack"]:
    """The attacks of these names or references, by what each is called in files.

    Raises CallError for what is no attack, and where two would be called the same.
    """
    found: dict[str, Attack] = {}
    for name in dict.fromkeys(names):
        label = ATTACKS.label(name)
        if label in found:
            raise CallError(f"Two attacks would be called '{label}'; leave one out of --attacks.")
        found[label] = ATTACKS.get(name)()
    return found
