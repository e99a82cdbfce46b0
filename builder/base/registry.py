"""Registries: what can be chosen by name, built in or from another package.

Another package adds to a registry by an entry point of its group, in its pyproject.toml:

    [project.entry-points."build_bench.methods"]
    mine = "my_package.mine:MyMethod"

or it is named in place of a name, as `my_package.mine:MyMethod`, with nothing installed.
"""

import difflib
import functools
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from builder.base.errors import CallError

T = TypeVar("T")
BUILT_IN = "built in"
"""Where an entry comes from that no other package adds."""


@dataclass(frozen=True)
class Entry:
    """What can be chosen: its name, where it lies ("package.module:attribute"), whose it is, and what it is in a line.

    `line` is empty for what another package adds, until it is loaded.
    """

    name: str
    target: str
    origin: str = BUILT_IN
    line: str = ""


class Registry(Generic[T]):
    """All of one kind, by name. Nothing is imported before it is asked for.

    `kind` is what one of them is called ("unlearning method"), `group` the entry points that add to it, `built_in`
    maps names to "package.module:attribute" and a line of description. A built-in name cannot be taken by a package.
    """

    def __init__(self, kind: str, group: str, built_in: Mapping[str, tuple[str, str]]) -> None:
        self.kind, self.group = kind, group
        self._built_in = {name: Entry(name, target, line=line) for name, (target, line) in built_in.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries())

    def __contains__(self, name: object) -> bool:
        return name in self.entries()

    def entries(self) -> dict[str, Entry]:
        """Everything that has a name, built in first, then by name. Raises CallError where two packages clash."""
        found = dict(self._built_in)
        for point in sorted(_points(self.group), key=lambda point: point.name):
            if point.name in found:
                whose = found[point.name].origin
                raise CallError(
                    f"{_owner(point)} calls its {self.kind} '{point.name}', a name that is {whose} already."
                )
            found[point.name] = Entry(point.name, point.value, _owner(point))
        return found

    def get(self, name: str) -> T:
        """What is called `name`, or lies at `name` ("my_package.module:attribute").

        Raises CallError where there is none, with the nearest names, and where it cannot be imported.
        """
        entry = self.entries().get(name)
        if entry is None and ":" not in name:
            raise CallError(self.unknown(name))
        target = entry.target if entry else name
        try:
            return cast(T, EntryPoint(name, target, self.group).load())
        except (ImportError, AttributeError) as error:
            if entry and entry.origin == BUILT_IN:
                raise
            whose = f" of {entry.origin}" if entry else ""
            raise CallError(f"The {self.kind} '{name}'{whose} cannot be loaded: {error}.") from error

    def unknown(self, name: str) -> str:
        """The sentence that says that nothing is called `name`, what is near and what there is."""
        near = difflib.get_close_matches(name, self.entries(), n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        return f"There is no {self.kind} '{name}'{hint}; there are {', '.join(self.entries())}."

    def described(self) -> list[Entry]:
        """Every entry with its line: of what another package adds, the first line of its docstring."""
        return [entry if entry.line else _with_line(entry, self.get(entry.name)) for entry in self.entries().values()]


def _with_line(entry: Entry, loaded: object) -> Entry:
    line = (getattr(loaded, "__doc__", None) or "").strip().partition("\n")[0]
    return Entry(entry.name, entry.target, entry.origin, line)


@functools.cache
def _points(group: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else importlib.import_module(point.module).__name__
