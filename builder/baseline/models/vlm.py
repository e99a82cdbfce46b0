"""A vision-language model as methods and measures see it: hidden states and logits at answer tokens."""

import contextlib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.baseline.models.chat import Chat
from builder.baseline.models.encoding import Batch
from builder.baseline.models.memo import TowerMemo

_TOWERS = ("vision_tower", "visual", "vision_model", "vision_encoder", "image_tower", "video_tower")
"""What transformers' families call the part that sees."""


@dataclass(frozen=True)
class Answers:
    """What a model says of the N answer tokens of a batch of B rows.

    `logits` (N, V) stand where each token is predicted; `targets`, `rows` (N,) are the batch's.
    """

    logits: Tensor
    targets: Tensor
    rows: Tensor
    size: int


@dataclass
class Vlm:
    """A transformers image-text-to-text model, with its chat.

    `compute` is the number type of autocast, None for none. `memo` remembers a frozen vision tower's output.
    """

    model: Any
    chat: Chat
    compute: torch.dtype | None = None
    memo: TowerMemo | None = None

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        device: torch.device = next(iter(self.model.parameters())).device
        return device

    @property
    def inner(self) -> Any:
        """The model proper, adapters in place."""
        return self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model

    @property
    def dtype(self) -> torch.dtype:
        """The number type of its weights."""
        return self.inner.get_input_embeddings().weight.dtype  # type: ignore[no-any-return]

    @property
    def window(self) -> int | None:
        """How many tokens some of its layers look back, None when all of them see everything."""
        found: int | None = getattr(self.inner.config.get_text_config(), "sliding_window", None)
        return found

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end its output: the end token of its answers and those that its generation config names."""
        named = getattr(getattr(self.inner, "generation_config", None), "eos_token_id", None)
        others = [named] if isinstance(named, int) else named or ()
        return frozenset((self.chat.end, *others))

    def learn(self, on: bool = True) -> None:
        """Enter or leave training mode. A frozen vision tower stays in evaluation mode, free of noise."""
        self.model.train(on)
        for tower in self.towers():
            if not any(each.requires_grad for each in tower.parameters()):
                tower.eval()

    @contextlib.contextmanager
    def evaluating(self) -> Iterator[None]:
        """Evaluation mode for a while."""
        learning = self.model.training
        self.learn(False)
        try:
            yield
        finally:
            self.learn(learning)

    def towers(self) -> list[nn.Module]:
        """Its vision towers: the parts of its body that are made by its vision config, or are called as towers are."""
        body = getattr(self.inner, "model", self.inner)
        made_by = type(getattr(self.inner.config, "vision_config", None))
        return [
            part
            for name, part in body.named_children()
            if name in _TOWERS or (made_by is not type(None) and isinstance(getattr(part, "config", None), made_by))
        ]

    @property
    def layers(self) -> list[nn.Module]:
        """The layers of its language model, the first first."""
        decoder = self.inner.get_decoder()
        return list(getattr(decoder, "layers", getattr(decoder, "h", ())))

    def trainable(self) -> list[nn.Parameter]:
        """The parameters that training changes."""
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    def parts_of(self, parameters: Iterable[nn.Parameter]) -> dict[str, int]:
        """How many weights some of its parameters have, by the part of the model that they belong to."""
        body = getattr(self.inner, "model", self.inner)
        whose = {id(weight): name for name, part in body.named_children() for weight in part.parameters()}
        found: dict[str, int] = {}
        for weight in parameters:
            name = whose.get(id(weight), "head")
            found[name] = found.get(name, 0) + weight.numel()
        return found

    def answers(self, batch: Batch) -> Answers:
        """Logits at the answer tokens alone: the output head is not run on prompts."""
        batch = batch.to(self.device, self.dtype)
        with self.computing():
            logits = self.head(self._states(batch, -1)[batch.rows, batch.places])
        return Answers(logits.float(), batch.targets, batch.rows, batch.size)

    def hidden(self, batch: Batch, layer: int) -> Tensor:
        """States after decoder layer `layer` (from 1; -1 is the last) at the answer tokens themselves, (N, H)."""
        batch = batch.to(self.device, self.dtype)
        with self.computing():
            return self._states(batch, layer)[batch.rows, batch.places + 1].float()

    @torch.no_grad()
    def every_layer(self, batch: Batch) -> list[Tensor]:
        """States after each decoder layer, the first first, where the answer tokens are predicted, (N, H) each.

        Those after the last layer are as they are before the final norm.
        """
        batch = batch.to(self.device, self.dtype)
        found: list[Tensor] = []

        def keep(_: nn.Module, __: Any, out: Any) -> None:
            states = out[0] if isinstance(out, tuple) else out
            found.append(states[batch.rows.to(states.device), batch.places.to(states.device)].to(self.device))

        hooks = [layer.register_forward_hook(keep) for layer in self.layers]
        try:
            self._states(batch, -1)
        finally:
            for hook in hooks:
                hook.remove()
        return found

    def body(self, pictures: tuple[str, ...] = (), **inputs: Any) -> Any:
        """The model without its output head. Its last states are on `device`, wherever its layers lie."""
        if self.memo is not None:
            self.memo.names = pictures
        out = self.inner.model(**inputs)
        out.last_hidden_state = out.last_hidden_state.to(self.device)
        return out

    def head(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states, (…, H) to (…, V), on the same device."""
        logits: Tensor = self.inner.get_output_embeddings()(hidden).to(hidden.device)
        cap = getattr(self.inner.config.get_text_config(), "final_logit_softcapping", None)
        return torch.tanh(logits / cap) * cap if cap else logits

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """Autocast while gradients are wanted; measuring is done in the weights' own numbers."""
        if self.compute is None or not torch.is_grad_enabled():
            yield
        else:
            with torch.autocast(self.device.type, self.compute):
                yield

    def _states(self, batch: Batch, layer: int) -> Tensor:
        wanted = layer != -1
        out = self.body(
            batch.pictures,
            input_ids=batch.ids,
            attention_mask=batch.mask,
            use_cache=False,
            output_hidden_states=wanted,
            position_ids=self.positions(batch),
            **batch.inputs,
        )
        states: Tensor = out.hidden_states[layer].to(self.device) if wanted else out.last_hidden_state
        return states

    def positions(self, batch: Batch) -> Tensor:
        """Position ids: a plain count (B, T), or (3, B, T) for images of models that count in time, height and width
        (Qwen-VL and its like), whose own method is asked."""
        index = getattr(self.inner.model, "get_rope_index", None)
        if index is None or not batch.pictures:
            return batch.positions
        wanted = inspect.signature(index).parameters
        given = {name: value for name, value in batch.inputs.items() if name in wanted}
        positions: Tensor = index(batch.ids, attention_mask=batch.mask, **given)[0]
        return positions
