"""Greedy answers. Tokens known already are read in one pass; the rest is generated together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

from builder.baseline.evaluation.branches import Branches, extend, join, select
from builder.baseline.evaluation.scoring import NO_TOKEN, likeliest
from builder.baseline.models.vlm import Vlm

Ending = Literal["end", "limit", "nan"]
"""How an answer came to its end: by an end token, cut at the limit, or where the model gave no numbers any more."""


@dataclass(frozen=True)
class Written:
    """A greedy answer without its end token, and how it ended."""

    ids: tuple[int, ...]
    ending: Ending


@torch.no_grad()
def follow(vlm: Vlm, branches: Branches, limit: int, begun: Sequence[Sequence[int]] = ()) -> list[Written]:
    """Greedy answers of at most `limit` tokens. `begun` holds the known start of each, at least one token."""
    found = [list(each) for each in begun] or [[] for _ in range(len(branches.next))]
    _go_on(vlm, branches, limit, found, begun=bool(begun))
    last = _last(vlm)
    return [_written(each, last, limit) for each in found]


def _go_on(vlm: Vlm, branches: Branches, limit: int, found: list[list[int]], *, begun: bool) -> None:
    """Generate every answer of `found` to its end."""
    last = _last(vlm)
    alive = _unfinished(found, last, limit)
    if begun and alive:
        branches = extend(vlm, branches, [found[place] for place in alive], alive)
    while alive:
        for place, token in zip(alive, likeliest(vlm.head(branches.last)).tolist(), strict=True):
            found[place].append(token)
        going = _unfinished([found[place] for place in alive], last, limit)
        # Finished answers leave the batch.
        parents = going if len(going) < len(alive) else None
        alive = [alive[at] for at in going]
        if alive:
            branches = extend(vlm, branches, [found[place][-1:] for place in alive], parents)


def _last(vlm: Vlm) -> frozenset[int]:
    """The tokens that end an answer."""
    return vlm.ends | {NO_TOKEN}


def _written(answer: Sequence[int], last: frozenset[int], limit: int) -> Written:
    for place, token in enumerate(answer[:limit]):
        if token in last:
            return Written(tuple(answer[:place]), "nan" if token == NO_TOKEN else "end")
    return Written(tuple(answer[:limit]), "limit")


def _unfinished(answers: Sequence[Sequence[int]], last: frozenset[int], limit: int) -> list[int]:
    return [place for place, each in enumerate(answers) if len(each) < limit and last.isdisjoint(each)]


@dataclass
class Unfinished:
    """Answers of several batches. Unfinished ones wait until `size` of them can be generated at once."""

    vlm: Vlm
    limit: int
    size: int
    _found: dict[int, list[int]] = field(default_factory=dict)
    _waiting: list[tuple[list[int], Branches]] = field(default_factory=list)

    def add(self, places: Sequence[int], branches: Branches, begun: Sequence[Sequence[int]]) -> None:
        """Add the answers at `places`: each continues from its branch after its known tokens, at least one."""
        self._found.update((place, list(tokens)) for place, tokens in zip(places, begun, strict=True))
        rest = _unfinished(begun, _last(self.vlm), self.limit)
        if sum(len(waiting) for waiting, _ in self._waiting) + len(rest) > self.size:
            self._write()
        if rest:
            self._waiting.append(([places[at] for at in rest], select(branches, rest)))

    def written(self) -> dict[int, Written]:
        """All answers by their places."""
        self._write()
        last = _last(self.vlm)
        return {place: _written(answer, last, self.limit) for place, answer in self._found.items()}

    @torch.no_grad()
    def _write(self) -> None:
        if not self._waiting:
            return
        places = [place for waiting, _ in self._waiting for place in waiting]
        branches = join([part for _, part in self._waiting])
        self._waiting = []
        _go_on(self.vlm, branches, self.limit, [self._found[place] for place in places], begun=True)
