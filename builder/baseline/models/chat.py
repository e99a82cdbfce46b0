"""Turns prompts into a model's input: its chat template, its image tokens, its end token.

The template and the processor decide, not a list of model names. The processor is asked once for an image's tokens;
after that, a prompt is tokenised as text and the placeholder replaced by those tokens. If the first prompt shows that
the processor does something else, it is asked every time.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from builder.base.errors import BenchError
from builder.baseline.models.template import Template
from builder.baseline.settings import TODAY


@dataclass(frozen=True)
class Picture:
    """An image as a model takes it: what the processor made (pixel values, sizes, …) and the ids of a prompt up to its
    end.

    `marks` are inputs of the text's length that say of each of these ids what kind it is, where a model wants them.
    """

    inputs: Mapping[str, Tensor]
    prefix: tuple[int, ...]
    marks: Mapping[str, tuple[int, ...]]


@dataclass
class Chat:
    """A processor with its chat template. `system` is said before everything else when given, on the day `today`."""

    processor: Any
    pictures: Mapping[str, bytes]
    """Encoded images by name."""
    system: str | None = None
    today: date = TODAY
    _known: dict[str, Picture] = field(default_factory=dict, repr=False)
    _ids: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _asked: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict, repr=False)
    _swaps: bool | None = None

    def __post_init__(self) -> None:
        self._template = Template(self.processor, self.system, self.today)
        self.tokenizer = self.processor.tokenizer
        self._lead, tail = self._template.around_answer()
        self._end = self._end_token(tail)

    def saying(self, system: str) -> "Chat":
        """The same chat with another system prompt."""
        return Chat(self.processor, self.pictures, system, self.today)

    def showing(self, pictures: Mapping[str, bytes]) -> "Chat":
        """The same chat with other pictures."""
        return Chat(self.processor, pictures, self.system, self.today)

    @property
    def notes(self) -> list[str]:
        """Deviations from the usual way, for the report."""
        if not self._template.folded:
            return []
        return ["the chat template has no place for a system prompt; it is put before each question instead."]

    @property
    def end(self) -> int:
        """The id of the token that ends an answer."""
        return self._end

    @property
    def padding(self) -> int:
        """The id of the padding token; it is masked everywhere."""
        known = self.tokenizer.pad_token_id
        return int(self._end if known is None else known)

    def picture(self, name: str) -> Picture:
        """The image called `name`, processed once."""
        if name not in self._known:
            self._known[name] = self._process(name)
        return self._known[name]

    def prompt(self, text: str, picture: str | None) -> tuple[list[int], int]:
        """Token ids of a prompt up to where the answer starts, and how many of them depend only on the image.

        `text` is the user's turn; the image comes before it.
        """
        before, after = self._template.frame(picture is not None)
        whole = before + text + after
        plain = self._tokenise(whole)
        if picture is None:
            return list(plain), 0
        prefix = self.picture(picture).prefix
        ids = (*prefix, *plain[plain.index(self.placeholder) + 1 :])
        if self._swaps is None:
            self._swaps = ids == self._ask(whole, picture)
        if not self._swaps:
            ids = self._ask(whole, picture)
        return list(ids), len(prefix) if ids[: len(prefix)] == prefix else 0

    def second_turn(self, question: str, answer: str, then: str) -> str:
        """What to ask so that the prompt is a conversation: a question, the model's answer and what is said then."""
        before, after = self._template.around_first_answer()
        return question + before + answer + after + then

    def inputs(self, text: str, images: Sequence[Image.Image]) -> dict[str, Tensor]:
        """What the model's own `generate` takes: a user's turn of any number of images and a text, one row."""
        return self._process_prompt(self._template.turn(text, len(images)), images)

    def marks(self) -> tuple[str, ...]:
        """The names of the inputs that tell the kind of each token: those that some processors make beside images."""
        return tuple(self.picture(next(iter(self.pictures))).marks) if self.pictures else ()

    def target(self, answer: str, *, end: bool = True) -> list[int]:
        """Token ids of an answer as they follow a prompt, its end token last."""
        frame = "".join(self._template.frame(False))
        start = self._tokenise(frame)
        whole = self._tokenise(frame + self._lead + answer)
        if whole[: len(start)] == start:
            ids = list(whole[len(start) :])
        else:  # the tokenizer merges across the seam
            ids = list(self.tokenizer(self._lead + answer, add_special_tokens=False)["input_ids"])
        return [*ids, self._end] if end else ids

    def span(self, answer: str, phrase: str) -> tuple[int, int]:
        """Which tokens of an answer say `phrase`: from the first, up to before the second."""
        before = answer[: answer.index(phrase)].rstrip()
        start = len(self.target(before, end=False)) if before else 0
        whole = self.target(answer[: answer.index(phrase) + len(phrase)], end=False)
        return min(start, len(whole) - 1), len(whole)

    def text(self, ids: Sequence[int]) -> str:
        """What token ids say, without special tokens and outer spaces."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True)).strip()

    @property
    def placeholder(self) -> int:
        """The id of the token that stands for an image in a prompt."""
        token = getattr(self.processor, "image_token", None) or getattr(self.tokenizer, "image_token", "<image>")
        return int(self.tokenizer.convert_tokens_to_ids(str(token)))

    def _end_token(self, tail: str) -> int:
        """The id of the token that ends an answer, given what the template writes behind one."""
        known = self.tokenizer.eos_token_id
        if known is None:
            raise BenchError("The model's tokenizer has no end token (eos_token), so its answers would never end.")
        marks = set(self.tokenizer.added_tokens_decoder)
        after = self.tokenizer(tail, add_special_tokens=False)["input_ids"]
        return next((int(token) for token in after if token in marks), int(known))

    def _tokenise(self, text: str) -> tuple[int, ...]:
        if text not in self._ids:
            start = self.tokenizer.bos_token
            own = bool(start) and text.startswith(start)
            self._ids[text] = tuple(self.tokenizer(text, add_special_tokens=not own)["input_ids"])
        return self._ids[text]

    def _process_prompt(self, text: str, images: Sequence[Image.Image]) -> dict[str, Tensor]:
        start = self.tokenizer.bos_token
        own = bool(start) and text.startswith(start)
        shown = [image.convert("RGB") for image in images] or None
        return dict(self.processor(images=shown, text=[text], return_tensors="pt", add_special_tokens=not own))

    def _beside(self, name: str, text: str) -> dict[str, Tensor]:
        with Image.open(io.BytesIO(self.pictures[name])) as image:
            return self._process_prompt(text, [image])

    def _process(self, name: str) -> Picture:
        before, _ = self._template.frame(True)
        made = self._beside(name, before)
        plain = self._tokenise(before)
        if plain.count(self.placeholder) != 1:
            raise BenchError(
                "The model's chat template does not put exactly one image placeholder before the question; "
                "this runner needs one."
            )
        ids = made.pop("input_ids")[0].tolist()
        end = len(ids) - (len(plain) - plain.index(self.placeholder) - 1)
        made.pop("attention_mask", None)
        alike = [key for key, value in made.items() if value.shape == torch.Size([1, len(ids)])]
        inputs = {key: value for key, value in made.items() if key not in alike}
        return Picture(inputs, tuple(ids[:end]), {key: tuple(made[key][0, :end].tolist()) for key in alike})

    def _ask(self, text: str, name: str) -> tuple[int, ...]:
        """The ids that the processor itself makes of a prompt."""
        if (text, name) not in self._asked:
            self._asked[text, name] = tuple(self._beside(name, text)["input_ids"][0].tolist())
        return self._asked[text, name]
