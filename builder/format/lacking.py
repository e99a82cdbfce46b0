"""What a release may lack.

A release that build-bench made has everything. An imported set has what its makers wrote, and its manifest names the
rest. Whatever needs some part of a release (a check of an audit, a control, a measure, an attack, a method, a layout)
declares it, and is not applicable where it is absent.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

Need = Literal[
    "a recipe",
    "facts",
    "alternatives",
    "quartets",
    "values of open answers",
    "names",
    "biographies",
    "locales",
    "appearances",
    "portraits",
    "train views",
    "held-out views",
    "held-out wordings",
    "wrong answers",
    "options",
    "held-out people",
    "training questions",
]
"""One kind of content, as sentences name it: "no alternatives in this data"."""
NEEDS: tuple[Need, ...] = get_args(Need)


def lacks(manifest: Mapping[str, Any]) -> tuple[Need, ...]:
    """What the release of a manifest lacks; nothing unless it is imported."""
    imported = manifest.get("imported")
    return tuple(imported["lacks"]) if imported else ()


def why_not(manifest: Mapping[str, Any], needs: Iterable[Need]) -> str:
    """Why what `needs` these parts is not applicable to a release; empty where it is."""
    absent = [each for each in needs if each in lacks(manifest)]
    return f"not applicable: no {absent[0].removeprefix('a ')} in this data" if absent else ""
