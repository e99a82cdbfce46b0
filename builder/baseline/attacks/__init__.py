"""Attacks on an unlearned model: what can still be extracted from it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from builder.base.registry import Registry
from builder.format.lacking import why_not

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
        "relearn": (
            f"{_HERE}.relearn:Half",
            "half of the forget set's facts taught again: does the other half come back?",
        ),
        "relearn_others": (f"{_HERE}.relearn:Others", "other people taught again: does the forget set come back?"),
        "relearn_unrelated": (
            f"{_HERE}.relearn:Unrelated",
            "general knowledge taught: does the forget set come back?",
        ),
        "int8": (f"{_HERE}.quantise:Int8", "weights rounded to eight bits"),
        "int4": (f"{_HERE}.quantise:Int4", "weights rounded to four bits"),
        "context": (
            f"{_HERE}.context:Context",
            "demonstrations, a role, a second turn, other words and languages, a picture of the question, a beginning",
        ),
        "image": (
            f"{_HERE}.image:Changed",
            "portraits cropped, noisy, compressed, mirrored, grey, with the name on them",
        ),
        "lens": (f"{_HERE}.lens:Lens", "the value read in the layers below the last"),
        "depth": (f"{_HERE}.depth:Depth", "how deep a fact is gone (UDS), and how far answers are from the oracle's"),
        "adapter_off": (f"{_HERE}.adapter_off:AdapterOff", "a low-rank run without the factors of unlearning"),
        "mia_loss": (f"{_HERE}.membership:Loss", "membership inference by the mean log-probability of an answer"),
        "mia_zlib": (f"{_HERE}.membership:Zlib", "membership inference by log-probability over zlib length"),
        "mia_min_k": (f"{_HERE}.membership:MinK", "membership inference by the least likely tokens, and PrivLeak"),
        "mia_min_k_plus_plus": (f"{_HERE}.membership:MinKPlusPlus", "the same of normalised log-probabilities"),
        "mia_reference": (
            f"{_HERE}.membership:GainOverUntrained",
            "membership inference by the gain over the untrained model",
        ),
    },
    must_be=f"a subclass of {_HERE}.base.OutcomeAttack or ModelAttack",
    fits=_is_attack,
)

DEFAULT = ("mia_loss", "mia_zlib", "mia_min_k", "mia_min_k_plus_plus", "mia_reference")
"""Run when none is named: membership inference, which needs no further work of a model."""


def make_attacks(names: Iterable[str]) -> dict[str, "Attack"]:
    """The attacks with these names or references, by their labels in files.

    Raises CallError if one is not an attack, or if two would have the same label.
    """
    return {label: ATTACKS.get(name)() for label, name in ATTACKS.by_label(names).items()}


def applicable(attacks: Mapping[str, "Attack"], manifest: Mapping[str, Any]) -> dict[str, "Attack"]:
    """Those of the attacks for which the release of a manifest has what they need."""
    return {label: each for label, each in attacks.items() if not why_not(manifest, each.needs)}
