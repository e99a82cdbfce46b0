"""Puts items to a model in batches, and keeps everything that comes out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from builder.baseline.encoding import Row, encode
from builder.baseline.evaluation.branches import Branches, extend, follow, roots
from builder.baseline.evaluation.items import Item
from builder.baseline.evaluation.scoring import NOTHING, Said, say
from builder.baseline.models.vlm import Vlm
from builder.records import LETTERS

_ANSWERS_AT_ONCE = 4
"""Given answers are scored in batches that many times as large as those of questions: they are short."""
_CHOICE_TOKENS = 8
_ENOUGH_ALIKE = 1e-2
"""Largest difference of a log-probability at which sharing prefixes is still believed, in full precision."""


@dataclass(frozen=True)
class Outcome:
    """What a model did with an item.

    `output` is its greedy answer. `letters` are the log-probabilities of A to D, for multiple choice. `truth` is what
    it says of the true answer; `paraphrase`, `wrong` (mean NLL) and `candidates` (summed NLL) of the others.
    `factuality` and `relevance` are a judge's marks, 1 to 10, where one was asked.
    """

    item: Item
    output: str
    letters: tuple[float, ...] = ()
    truth: Said = NOTHING
    paraphrase: float | None = None
    wrong: tuple[float, ...] = ()
    candidates: tuple[float, ...] = ()
    factuality: int | None = None
    relevance: int | None = None


@dataclass
class Examiner:
    """Asks one model, `batch` questions at once, for `limit` new tokens at most.

    Neither the batch nor sharing prefixes changes what comes out. Without `generate` no answer is written out, without
    `score` no given answer of an open question is scored.
    """

    vlm: Vlm
    batch: int
    limit: int
    share: bool = True
    generate: bool = True
    score: bool = True

    def ask(self, items: Sequence[Item], tell: Callable[[int], None] = lambda count: None) -> list[Outcome]:
        """The outcome of every item, in their order; `tell(count)` hears of each batch."""
        self.vlm.model.eval()
        rows = [encode(self.vlm.chat, item.prompt, item.picture) for item in items]
        sharing = self.share and self._can_share(rows)
        found: dict[int, Outcome] = {}
        for places in self._batches(items, rows):
            asked = [items[place] for place in places]
            branches = self._branches([rows[place] for place in places], sharing)
            found.update(zip(places, self._outcomes(asked, branches), strict=True))
            tell(len(places))
        return [found[place] for place in range(len(items))]

    def _batches(self, items: Sequence[Item], rows: Sequence[Row]) -> list[list[int]]:
        """Places of items of one task and modality, questions about the same image and of like length together."""

        def order(place: int) -> tuple[str, str, str, int]:
            item = items[place]
            return item.modality, item.task, item.picture or "", len(rows[place])

        groups: dict[tuple[str, str], list[int]] = {}
        for place in sorted(range(len(items)), key=order):
            groups.setdefault((items[place].modality, items[place].task), []).append(place)
        return [
            group[start : start + self.batch] for group in groups.values() for start in range(0, len(group), self.batch)
        ]

    def _branches(self, rows: Sequence[Row], sharing: bool) -> Branches:
        if not sharing or rows[0].picture is None:
            return roots(self.vlm, rows)
        firsts = {row.picture: row for row in reversed(rows)}
        order = {picture: place for place, picture in enumerate(firsts)}
        heads = [Row(row.prompt[: row.shared], (), row.picture) for row in firsts.values()]
        rest = [row.prompt[row.shared :] for row in rows]
        return extend(self.vlm, roots(self.vlm, heads), rest, [order[row.picture] for row in rows])

    @torch.no_grad()
    def _can_share(self, rows: Sequence[Row]) -> bool:
        """Whether this model gives the same with and without sharing: it is tried on a question or two.

        Layers that look back a number of columns would count the padding between an image and a shorter question.
        """
        if self.vlm.window is not None and self.vlm.window < 2 * max(map(len, rows)) + self.limit:
            return False
        tried = [row for row in rows if row.picture is not None][:2]
        if not tried:
            return True
        shared, plain = self._branches(tried, True).last, roots(self.vlm, tried).last
        one, other = (self.vlm.head(states).float().log_softmax(-1) for states in (shared, plain))
        tolerance = _ENOUGH_ALIKE if self.vlm.dtype == torch.float32 else 50 * _ENOUGH_ALIKE
        return float((one.exp() * (one - other).abs()).sum(-1).max()) < tolerance

    def _outcomes(self, items: Sequence[Item], branches: Branches) -> list[Outcome]:
        if items[0].task == "classification":
            return self._choices(items, branches)
        return self._open(items, branches)

    def _choices(self, items: Sequence[Item], branches: Branches) -> list[Outcome]:
        letters = self._letters(branches)
        outputs = self._answers(branches, _CHOICE_TOKENS)
        return [
            Outcome(item, output, letters=tuple(each))
            for item, output, each in zip(items, outputs, letters, strict=True)
        ]

    @torch.no_grad()
    def _letters(self, branches: Branches) -> list[list[float]]:
        """log p of each option letter after each prompt, all four read from one pass."""
        chat, count = self.vlm.chat, len(branches.next)
        tokens = [chat.target(letter, end=False) for letter in LETTERS]
        lead = 0
        while all(len(each) > lead + 1 for each in tokens) and len({each[lead] for each in tokens}) == 1:
            lead += 1
        if lead:  # letters that start with the same token, a lone space
            branches = extend(self.vlm, branches, [tokens[0][:lead]] * count, range(count))
        log_p = self.vlm.head(branches.last).float().log_softmax(-1)
        return log_p[:, [each[lead] for each in tokens]].tolist()

    def _open(self, items: Sequence[Item], branches: Branches) -> list[Outcome]:
        if not self.score:
            outputs = self._answers(branches, self.limit)
            return [Outcome(item, output) for item, output in zip(items, outputs, strict=True)]
        chat = self.vlm.chat
        answers: list[list[int]] = []
        parents: list[int] = []
        counts = []
        for place, item in enumerate(items):
            given = [item.truth, *([item.paraphrase] if item.paraphrase else []), *item.wrong, *item.candidates]
            answers += [chat.target(answer) for answer in given]
            parents += [place] * len(given)
            counts.append(len(given))
        said = iter(say(self.vlm, branches, answers, parents, self.batch * _ANSWERS_AT_ONCE))
        theirs = [[next(said) for _ in range(count)] for count in counts]
        outputs = self._answers(branches, self.limit)
        return [_outcome(item, output, each) for item, output, each in zip(items, outputs, theirs, strict=True)]

    def _answers(self, branches: Branches, limit: int) -> list[str]:
        if not self.generate:
            return [""] * len(branches.next)
        return [self.vlm.chat.text(ids) for ids in follow(self.vlm, branches, limit)]


def _outcome(item: Item, output: str, said: Sequence[Said]) -> Outcome:
    rest = list(said[1:])
    paraphrase = rest.pop(0).mean_nll if item.paraphrase else None
    return Outcome(
        item=item,
        output=output,
        truth=said[0],
        paraphrase=paraphrase,
        wrong=tuple(each.mean_nll for each in rest[: len(item.wrong)]),
        candidates=tuple(each.nll for each in rest[len(item.wrong) :]),
    )
