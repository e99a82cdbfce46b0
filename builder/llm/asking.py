"""Whether a question asks for its own fact, told by its words: prompts/asking.toml says which ask for which fact."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.base import bundled
from builder.base.matching import words
from builder.llm.prompt_files import only, read, strings, table

_FILE = "asking.toml"


@dataclass(frozen=True)
class Cue:
    """Words that must all occur in a question, as they are written and as what finds each of them."""

    text: str
    patterns: tuple[re.Pattern[str], ...]

    def __str__(self) -> str:
        return "'" + self.text.replace("*", "").replace("+", " ").replace("|", "/") + "'"

    def is_in(self, question: str) -> bool:
        """Whether all of them occur in `question`, words with single spaces between."""
        return all(pattern.search(question) for pattern in self.patterns)


@dataclass(frozen=True)
class Asking:
    """The cues of one fact: what asks for it, and what asks for something else."""

    says: tuple[Cue, ...]
    never: tuple[Cue, ...]

    def fault(self, question: str) -> str | None:
        """Why `question` does not ask for the fact; None if it does."""
        other = next((cue for cue in self.never if cue.is_in(question)), None)
        if other:
            return f"its words {other} ask for something else"
        if any(cue.is_in(question) for cue in self.says):
            return None
        known = ", ".join(map(str, self.says))
        return f"none of its words asks for that, as would {known}"


def fault(fact: str, question: str, name: str) -> str | None:
    """Why `question` about the person of this `name` does not ask for `fact`; None if it does.

    A fact that prompts/asking.toml does not know may be asked for in any words.
    """
    asking = _load(bundled.folder("prompts")).get(fact)
    if asking is None:
        return None
    spoken, called = (f" {' '.join(words(text))} " for text in (question, name))
    return asking.fault(spoken.replace(called, "  "))


@functools.cache
def _load(folder: Path) -> Mapping[str, Asking]:
    tree = read(folder / _FILE)
    return {fact: _asking(table(tree, fact, _FILE), f"{_FILE}: {fact}") for fact in tree}


def _asking(tree: Mapping[str, object], place: str) -> Asking:
    only(tree, ("says", "never"), place)
    says, never = (tuple(map(_cue, strings(tree, key, place))) for key in ("says", "never"))
    return Asking(says, never)


def _cue(text: str) -> Cue:
    return Cue(text, tuple(_pattern(part) for part in text.split()))


def _pattern(part: str) -> re.Pattern[str]:
    """What finds one of the alternatives in `part` as whole words."""
    alternatives = "|".join(re.escape(each).replace(r"\+", " ").replace(r"\*", r"\w*") for each in part.split("|"))
    return re.compile(rf"(?<!\S)(?:{alternatives})(?!\S)")
