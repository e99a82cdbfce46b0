"""Registries: what can be chosen by name, built in or from another package.

Another package adds to a registry by an entry point of its group, in its pyproject.toml:

    [project.entry-points."build_bench.methods"]
    mine = "my_package.mine:MyMethod"

or it is named in place of a name, as `my_package.mine:MyMethod`, with nothing installed: the module may lie in the
working folder.
"""

import difflib
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from builder.base.errors import CallError

T = TypeVar("T")
BUILT_IN = "built in"
"""The origin of an entry that no other package adds."""
_NEAR = 3
"""The most near names that are listed."""


@dataclass(frozen=True)
class Entry:
    """What can be chosen: its name, where it lies ("package.module:attribute"), whose it is, and what it is in a line.

    `line` is empty where only the thing itself says it.
    """

    name: str
    target: str
    origin: str = BUILT_IN
    line: str = ""


def first_line(found: object) -> str:
    """The first line of a docstring: what a class or a function says it is."""
    return (getattr(found, "__doc__", None) or "").strip().partition("\n")[0]


class Registry(Generic[T]):
    """All of one kind, by name. Nothing is imported before it is asked for.

    `kind` is what one of them is called ("unlearning method"), `group` the entry points that add to it. `built_in` maps
    names to "package.module:attribute" and a line of description, which may be empty where `about` reads it from the
    loaded thing; `at_hand` are further ones, loaded already. `must_be` says what an entry has to be and `fits` whether
    it is. A built-in name cannot be taken by a package.
    """

    def __init__(
        self,
        kind: str,
        group: str,
        built_in: Mapping[str, tuple[str, str]],
        *,
        must_be: str,
        fits: Callable[[Any], bool],
        about: Callable[[T], str] = first_line,
        at_hand: Mapping[str, T] | None = None,
    ) -> None:
        self.kind, self.group = kind, group
        self._must_be, self._fits, self._about = must_be, fits, about
        self._at_hand = dict(at_hand or {})
        self._built_in = {name: Entry(name, target, line=line) for name, (target, line) in built_in.items()}
        self._built_in |= {name: Entry(name, "", line=about(each)) for name, each in self._at_hand.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries())

    def __contains__(self, name: object) -> bool:
        return name in self.entries()

    @property
    def built_in(self) -> tuple[str, ...]:
        """The built-in names."""
        return tuple(self._built_in)

    def entries(self) -> dict[str, Entry]:
        """Everything that has a name, built in first, then by name. Raises CallError where two packages clash."""
        found = dict(self._built_in)
        for point in sorted(_points(self.group), key=lambda point: point.name):
            taken = found.get(point.name)
            if taken is not None:
                whose = "built in already" if taken.origin == BUILT_IN else f"{taken.origin}'s already"
                raise CallError(f"{_owner(point)} calls its {self.kind} '{point.name}', which is {whose}; remove one.")
            found[point.name] = Entry(point.name, point.value, _owner(point))
        return found

    def entry(self, name: str) -> Entry:
        """The entry called `name`, or one for what lies at `name` ("my_package.module:attribute").

        Raises CallError where there is none, with the near names.
        """
        found = self.entries().get(name)
        if found is None and ":" in name:
            module, _, attribute = name.partition(":")
            found = Entry(attribute.rpartition(".")[2], name, module.partition(".")[0])
        if found is None:
            raise CallError(unknown(self.kind, name, self.entries()))
        return found

    def label(self, name: str) -> str:
        """What to call the thing of this name in a table, a file or a knob: `MyMethod` for my_package.mine:MyMethod."""
        return self.entry(name).name

    def by_label(self, names: Iterable[str]) -> dict[str, str]:
        """These names or references by their labels, each once.

        Raises CallError where one of them is not there or cannot be loaded, and where two would have the same label.
        """
        found: dict[str, str] = {}
        for name in names:
            self.get(name)
            label = self.label(name)
            if found.setdefault(label, name) != name:
                raise CallError(
                    f"The {self.kind}s {found[label]} and {name} would both be called '{label}'; leave one out."
                )
        return found

    def get(self, name: str) -> T:
        """What is called `name`, or lies at `name` ("my_package.module:attribute").

        Raises CallError where there is none, with the near names, and where it cannot be imported or is something else.
        """
        return self._load(self.entry(name))

    def described(self) -> list[Entry]:
        """Every entry with its line, or with why it has none: a package that is broken keeps no other from the list."""
        return [self._described(entry) for entry in self.entries().values()]

    def _load(self, entry: Entry) -> T:
        if entry.origin == BUILT_IN and entry.name in self._at_hand:
            return self._at_hand[entry.name]
        try:
            if entry.origin != BUILT_IN:
                _look_here()
            found = EntryPoint(entry.name, entry.target, self.group).load()
        except Exception as error:  # whatever another package does when it is imported
            if entry.origin == BUILT_IN:
                raise
            reason = f"{type(error).__name__}: {error}".rstrip(".")
            raise CallError(f"The {self.kind} {entry.target} of {entry.origin} cannot be loaded: {reason}.") from error
        if not self._fits(found):
            raise CallError(f"{entry.target} is no {self.kind}: it must be {self._must_be}.")
        return cast(T, found)

    def _described(self, entry: Entry) -> Entry:
        if entry.line:
            return entry
        try:
            return replace(entry, line=self._about(self._load(entry)))
        except CallError as error:
            return replace(entry, line=str(error))


def at(target: str) -> Registry[object]:
    """The registry that lies at `target` ("package.module:ATTRIBUTE")."""
    return cast(Registry[object], EntryPoint("registry", target, "").load())


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence that says that there is no `kind` called `name`, which ones are near and which there are."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=_NEAR)
    hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
    return f"There is no {kind} '{name}'{hint}; there are {', '.join(known)}."


def table(entries: Iterable[Entry]) -> str:
    """Entries as aligned lines: name, origin and what each is."""
    entries = list(entries)
    names, origins = (max((len(getattr(each, key)) for each in entries), default=0) for key in ("name", "origin"))
    return "\n".join(f"{each.name:<{names}}  {each.origin:<{origins}}  {each.line}".rstrip() for each in entries)


def _look_here() -> None:
    """Let modules of the working folder be imported, as `python -m` does; worker processes inherit it."""
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)


@functools.cache
def _points(group: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module.partition(".")[0]
