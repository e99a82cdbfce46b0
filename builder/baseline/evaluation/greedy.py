"""Greedy answers. What is known of them already is read in one pass; what is left to write is written together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from builder.baseline.evaluation.branches import Branches, extend, join, select
from builder.baseline.models.vlm import Vlm


@torch.no_grad()
def follow(vlm: Vlm, branches: Branches, limit: int, begun: Sequence[Sequence[int]] = ()) -> list[list[int]]:
    """Greedy answers, at most `limit` tokens each, without the end token.

    `begun` is what is known of each already, one token at least.
    """
    end = vlm.chat.end
    found = [list(each) for each in begun] or [[] for _ in range(len(branches.next))]
    alive = _unfinished(found, end, limit)
    if begun and alive:
        branches = extend(vlm, branches, [found[place] for place in alive], alive)
    while alive:
        for place, token in zip(alive, vlm.head(branches.last).argmax(-1).tolist(), strict=True):
            found[place].append(token)
        going = _unfinished([found[place] for place in alive], end, limit)
        # Finished answers leave the batch.
        parents = going if len(going) < len(alive) else None
        alive = [alive[at] for at in going]
        if alive:
            branches = extend(vlm, branches, [found[place][-1:] for place in alive], parents)
    return [_ended(each, end, limit) for each in found]


def _ended(answer: list[int], end: int, limit: int) -> list[int]:
    said = answer[:limit]
    return said[: said.index(end)] if end in said else said


def _unfinished(answers: Sequence[Sequence[int]], end: int, limit: int) -> list[int]:
    return [place for place, each in enumerate(answers) if end not in each and len(each) < limit]


@dataclass
class Unfinished:
    """Answers of several batches. Those that have not ended wait until `size` of them can be written at once."""

    vlm: Vlm
    limit: int
    size: int
    _found: dict[int, list[int]] = field(default_factory=dict)
    _waiting: list[tuple[list[int], Branches]] = field(default_factory=list)

    def add(self, places: Sequence[int], branches: Branches, begun: Sequence[Sequence[int]]) -> None:
        """The answers at `places` go on from `branches`, after the tokens that are known of each, one at least."""
        self._found.update((place, list(tokens)) for place, tokens in zip(places, begun, strict=True))
        rest = _unfinished(begun, self.vlm.chat.end, self.limit)
        if sum(len(waiting) for waiting, _ in self._waiting) + len(rest) > self.size:
            self._write()
        if rest:
            self._waiting.append(([places[at] for at in rest], select(branches, rest)))

    def texts(self) -> dict[int, str]:
        """All answers by their places."""
        self._write()
        chat = self.vlm.chat
        return {place: chat.text(_ended(answer, chat.end, self.limit)) for place, answer in self._found.items()}

    def _write(self) -> None:
        if not self._waiting:
            return
        places = [place for waiting, _ in self._waiting for place in waiting]
        branches = join([part for _, part in self._waiting])
        self._waiting = []
        answers = follow(self.vlm, branches, self.limit, [self._found[place] for place in places])
        self._found.update(zip(places, answers, strict=True))
