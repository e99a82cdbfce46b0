"""Puts items to a model in batches, and keeps all of its output."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import torch

from builder import tasks
from builder.base.records import LETTERS
from builder.baseline.evaluation.branches import Branches, extend, roots
from builder.baseline.evaluation.greedy import Unfinished, Written, follow
from builder.baseline.evaluation.scoring import say
from builder.baseline.models.chat import Chat
from builder.baseline.models.encoding import Row, encode
from builder.baseline.models.linear import fast_linear
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import Item, Outcome, Said
from builder.baseline.settings import EvaluatePart

_ANSWERS_AT_ONCE = 4
"""Given answers are scored in batches that many times as large as those of questions: they are short."""
_BATCHES_POOLED = 4
"""So many batches share the prefixes of their images and are sorted by length together, which leaves little padding."""
_CHOICE_TOKENS = 8
_LEAST_ROOM = 48
"""Tokens that an open answer may have at least."""
_ENOUGH_ALIKE = 1e-2
"""Largest difference of a log-probability at which sharing prefixes is still believed, in full precision."""

_Prompts = Iterable[tuple[list[int], Branches]]
"""Batches of prompts, each with the places of its items."""


@dataclass(frozen=True)
class _Heads:
    """The images' prefixes, each computed once, and the place of each."""

    branches: Branches
    places: Mapping[str | None, int]


@dataclass
class Examiner:
    """Asks one model, `batch` questions at once, for at most `limit` new tokens.

    Neither the batch size nor the sharing of prefixes changes the results. Without `generate`, no answer is generated;
    without `score`, only the true answer to an open question is scored.
    """

    vlm: Vlm
    batch: int
    limit: int
    share: bool = True
    generate: bool = True
    score: bool = True

    def ask(self, items: Sequence[Item], tell: Callable[[int], None] = lambda count: None) -> list[Outcome]:
        """The outcome of every item, in order; `tell(count)` is called after each batch."""
        self.vlm.learn(False)
        rows = [encode(self.vlm.chat, item.prompt, item.picture) for item in items]
        found: dict[int, Outcome] = {}
        with fast_linear(self.vlm.model):
            sharing = self.share and self._can_share(rows)
            for pool in self._pools(items, rows):
                prompts = self._prompts(pool, rows, sharing, tell)
                if not tasks.of(items[pool[0]]).has_options:
                    found.update(self._open(items, prompts, sharing))
                    continue
                texts = self._option_texts(items, pool, sharing)
                found.update(
                    (place, replace(each, options=texts[place])) for place, each in self._choices(items, prompts)
                )
        return [found[place] for place in range(len(items))]

    def _pools(self, items: Sequence[Item], rows: Sequence[Row]) -> Iterator[list[int]]:
        """Places of items of one task, with or without images, some batches of them, an image's questions together."""

        def kind(place: int) -> tuple[bool, str]:
            return items[place].picture is None, items[place].task

        def picture(place: int) -> str:
            return rows[place].picture or ""

        order = sorted(range(len(items)), key=lambda place: (kind(place), picture(place)))
        for _, alike in groupby(order, kind):
            pool: list[int] = []
            for number, (_, places) in enumerate(groupby(alike, picture), 1):
                pool += places
                # As many images at most as a batch has rows: their prefixes take no more memory than its own.
                if len(pool) >= self.batch * _BATCHES_POOLED or number % self.batch == 0:
                    yield pool
                    pool = []
            if pool:
                yield pool

    def _prompts(
        self,
        pool: Sequence[int],
        rows: Sequence[Row] | Mapping[int, Row],
        sharing: bool,
        tell: Callable[[int], None] = lambda count: None,
    ) -> Iterator[tuple[list[int], Branches]]:
        """The pool's places and prompts in batches, rows of like length together."""
        heads = self._heads([rows[place] for place in pool]) if sharing else None
        order = sorted(pool, key=lambda place: len(rows[place]))
        for start in range(0, len(order), self.batch):
            places = order[start : start + self.batch]
            yield places, self._branches([rows[place] for place in places], heads)
            tell(len(places))

    def _heads(self, rows: Sequence[Row]) -> _Heads | None:
        """What questions about the images of `rows` share; None where there are no images."""
        firsts = {row.picture: row for row in reversed(rows) if row.picture is not None}
        if not firsts:
            return None
        heads = [Row(row.prompt[: row.shared], (), row.picture) for row in firsts.values()]
        return _Heads(roots(self.vlm, heads), {picture: place for place, picture in enumerate(firsts)})

    def _branches(self, rows: Sequence[Row], heads: _Heads | None) -> Branches:
        if heads is None:
            return roots(self.vlm, rows)
        rest = [row.prompt[row.shared :] for row in rows]
        return extend(self.vlm, heads.branches, rest, [heads.places[row.picture] for row in rows])

    @torch.no_grad()
    def _can_share(self, rows: Sequence[Row]) -> bool:
        """Whether this model gives the same with and without sharing: it is tried on a question or two.

        Layers that look back a number of columns would count the padding between an image, a shorter question and what
        is known of its answer.
        """
        if self.vlm.window is not None and self.vlm.window < 2 * (max(map(len, rows)) + self.limit):
            return False
        tried = [row for row in rows if row.picture is not None][:2]
        if not tried:
            return True
        shared, plain = self._branches(tried, self._heads(tried)).last, roots(self.vlm, tried).last
        one, other = (self.vlm.head(states).float().log_softmax(-1) for states in (shared, plain))
        tolerance = _ENOUGH_ALIKE if self.vlm.dtype == torch.float32 else 50 * _ENOUGH_ALIKE
        return float((one.exp() * (one - other).abs()).sum(-1).max()) < tolerance

    def _choices(self, items: Sequence[Item], prompts: _Prompts) -> Iterator[tuple[int, Outcome]]:
        for places, branches in prompts:
            letters = self._letters(branches)
            answers = follow(self.vlm, branches, _CHOICE_TOKENS) if self.generate else [None] * len(places)
            for place, answer, log_p in zip(places, answers, letters, strict=True):
                yield place, self._wrote(Outcome(items[place], "", letters=tuple(log_p)), answer)

    def _option_texts(self, items: Sequence[Item], pool: Sequence[int], sharing: bool) -> dict[int, tuple[float, ...]]:
        """log p of each option's text after each prompt, its end token included."""
        task = tasks.of(items[pool[0]])
        rows = {place: encode(self.vlm.chat, task.by_text(items[place].prompt), items[place].picture) for place in pool}
        found: dict[int, tuple[float, ...]] = {}
        for places, branches in self._prompts(pool, rows, sharing):
            options = [task.parted(items[place].prompt)[1] for place in places]
            answers = [self.vlm.chat.target(option) for each in options for option in each]
            parents = [number for number, each in enumerate(options) for _ in each]
            said = iter(say(self.vlm, branches, answers, parents, self.batch * _ANSWERS_AT_ONCE))
            for place, each in zip(places, options, strict=True):
                found[place] = tuple(-next(said).nll for _ in each)
        return found

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

    def _open(self, items: Sequence[Item], prompts: _Prompts, sharing: bool) -> Iterator[tuple[int, Outcome]]:
        said: dict[int, list[Said]] = {}
        unfinished = Unfinished(self.vlm, self.limit, self.batch)
        for places, branches in prompts:
            theirs = self._score_answers([items[place] for place in places], branches)
            said.update(zip(places, theirs, strict=True))
            if self.generate:
                # A model that knows an answer has just given it in one pass, so only what differs is left to generate.
                # One token leaves no padding before the next, so it is safe even where prefixes are not shared.
                known = [truth.begun if sharing else truth.begun[:1] for truth, *_ in theirs]
                unfinished.add(places, branches, known)
        answers = unfinished.written()
        for place, each in said.items():
            yield place, self._wrote(_outcome(items[place], each), answers.get(place))

    def _wrote(self, outcome: Outcome, answer: Written | None) -> Outcome:
        if answer is None:
            return outcome
        return replace(outcome, output=self.vlm.chat.text(answer.ids), ending=answer.ending)

    def _score_answers(self, items: Sequence[Item], branches: Branches) -> list[list[Said]]:
        """The scores of the given answers to each item, the true one first."""
        given = [[item.truth] for item in items]
        if self.score:
            given = [
                [item.truth, *([item.paraphrase] if item.paraphrase else []), *item.wrong, *item.candidates]
                for item in items
            ]
        answers = [self.vlm.chat.target(answer) for each in given for answer in each]
        parents = [place for place, each in enumerate(given) for _ in each]
        said = iter(say(self.vlm, branches, answers, parents, self.batch * _ANSWERS_AT_ONCE))
        return [[next(said) for _ in each] for each in given]


def examiner_for(vlm: Vlm, items: Iterable[Item], part: EvaluatePart) -> Examiner:
    """Asks `vlm` as the settings say, with room for the answer to every one of `items`."""
    return Examiner(vlm, part.batch, part.max_new_tokens or room(vlm.chat, items), part.share_prefix)


def room(chat: Chat, items: Iterable[Item]) -> int:
    """The token limit that cuts no true answer: a quarter more than the longest of `items`."""
    lengths = (len(chat.target(item.truth)) for item in items if not tasks.of(item).has_options)
    return max(_LEAST_ROOM, math.ceil(1.25 * max(lengths, default=0)))


def _outcome(item: Item, said: Sequence[Said]) -> Outcome:
    truth, *rest = said
    if not rest:
        return Outcome(item, "", truth=truth)
    paraphrase = rest.pop(0).mean_nll if item.paraphrase else None
    return Outcome(
        item=item,
        output="",
        truth=truth,
        paraphrase=paraphrase,
        wrong=tuple(each.mean_nll for each in rest[: len(item.wrong)]),
        candidates=tuple(each.nll for each in rest[len(item.wrong) :]),
    )
