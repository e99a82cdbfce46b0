"""Open questions of the benchmark in other languages."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.baseline.outcomes.records import Item

WORDINGS = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Language:
    """How one language asks about a person who is named or shown, and what it calls each fact."""

    text: str
    image_text: str
    facts: Mapping[str, str]

    def ask(self, item: Item, name: str) -> str | None:
        """The question of an item about the person called `name`; None for a fact that it has no words for."""
        if item.fact not in self.facts:
            return None
        frame = self.text if item.picture is None else self.image_text
        return frame.format(fact=self.facts[item.fact], name=name)


@functools.cache
def languages() -> Mapping[str, Language]:
    """All languages by name."""
    return {name: Language(**each) for name, each in tomllib.loads(WORDINGS.read_text(encoding="utf-8")).items()}
