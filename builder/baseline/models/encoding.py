"""Rows of token ids and how they become a batch: padded on either side, images beside."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from builder.baseline.models.chat import Chat


@dataclass(frozen=True)
class Row:
    """A prompt and its answer as token ids. `answer` ends with the end token; empty when the answer is to be found.

    `shared` counts the first ids that depend on the image alone, and `picture` names the image.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    picture: str | None
    shared: int = 0

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True)
class Batch:
    """Rows side by side.

    `ids`, `mask` (B, T): token ids and which of them are no padding; `positions` (B, T) count the tokens of each row.
    `rows`, `places`, `targets` (N,): for each answer token, its row, where the state stands that predicts it, its id.
    `inputs`: what the processor made of the images, one after the other, and the kinds of tokens (B, T) where a model
    wants them; `pictures`: the images' names.
    """

    ids: Tensor
    mask: Tensor
    positions: Tensor
    rows: Tensor
    places: Tensor
    targets: Tensor
    inputs: dict[str, Tensor]
    pictures: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of rows."""
        return int(self.ids.shape[0])

    def to(self, device: torch.device, dtype: torch.dtype) -> "Batch":
        """The batch on another device, its images as numbers of type `dtype`."""
        inputs = {
            key: value.to(device, dtype if value.is_floating_point() else value.dtype)
            for key, value in self.inputs.items()
        }
        return Batch(
            ids=self.ids.to(device),
            mask=self.mask.to(device),
            positions=self.positions.to(device),
            rows=self.rows.to(device),
            places=self.places.to(device),
            targets=self.targets.to(device),
            inputs=inputs,
            pictures=self.pictures,
        )


def encode(chat: Chat, prompt: str, picture: str | None, answer: str | None = None) -> Row:
    """The row of a user's turn, with the answer that is to follow it, if any."""
    ids, shared = chat.prompt(prompt, picture)
    target = chat.target(answer) if answer is not None else []
    return Row(tuple(ids), tuple(target), picture, shared)


def collate(chat: Chat, rows: Sequence[Row], *, left: bool = False) -> Batch:
    """A batch of `rows`, padded on the right, or on the `left` so that all prompts end together."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), chat.padding)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    marks = {name: torch.zeros_like(mask) for name in chat.marks()}
    wheres: list[int] = []
    places: list[int] = []
    targets: list[int] = []
    for number, row in enumerate(rows):
        start = longest - len(row) if left else 0
        ids[number, start : start + len(row)] = torch.tensor(row.prompt + row.answer)
        mask[number, start : start + len(row)] = 1
        for name, kinds in chat.picture(row.picture).marks.items() if row.picture is not None else ():
            marks[name][number, start : start + len(kinds)] = torch.tensor(kinds)
        first = start + len(row.prompt) - 1
        wheres += [number] * len(row.answer)
        places += range(first, first + len(row.answer))
        targets += row.answer
    names = tuple(row.picture for row in rows if row.picture is not None)
    return Batch(
        ids=ids,
        mask=mask,
        positions=(mask.cumsum(1) - 1).clamp(min=0),
        rows=torch.tensor(wheres, dtype=torch.long),
        places=torch.tensor(places, dtype=torch.long),
        targets=torch.tensor(targets, dtype=torch.long),
        inputs={**_images(chat, names), **marks},
        pictures=names,
    )


def _images(chat: Chat, names: Sequence[str]) -> dict[str, Tensor]:
    pictures = [chat.picture(name) for name in names]
    kinds = pictures[0].inputs if pictures else ()
    return {key: _one_after_another([each.inputs[key] for each in pictures]) for key in kinds}


def _one_after_another(parts: Sequence[Tensor]) -> Tensor:
    """The inputs of several images; those of other shapes are filled up with zeros, as processors do in a batch."""
    shape = [max(sizes) for sizes in zip(*(part.shape[1:] for part in parts), strict=True)]
    return torch.cat([_fill(part, shape) for part in parts])


def _fill(part: Tensor, shape: Sequence[int]) -> Tensor:
    lacks = [size - own for size, own in zip(shape, part.shape[1:], strict=True)]
    return pad(part, [each for lack in reversed(lacks) for each in (0, lack)]) if any(lacks) else part
