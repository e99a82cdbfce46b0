"""Caches a frozen vision tower's output: each image is encoded once, not once per question and epoch."""

from typing import Any

import torch
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutputWithPooling


class TowerMemo:
    """Stands before the tower's forward and answers from memory.

    Set `names` to the images of a call before each call. Works for towers that return one entry an image and whose
    config says which layers are read (LLaVA's kin); `attach` returns None for others, which then encode every time.
    """

    def __init__(self, tower: Any, layers: list[int]) -> None:
        self.names: tuple[str, ...] = ()
        self.encoded = 0
        """Images that the tower has run on."""
        self._tower, self._layers = tower, layers
        self._forward = tower.forward
        self._known: dict[str, list[Tensor]] = {}
        tower.forward = self._recall

    @classmethod
    def attach(cls, model: Any) -> "TowerMemo | None":
        """The memo of a model's vision tower, which must be frozen."""
        tower = getattr(model.model, "vision_tower", None)
        layer = getattr(model.config, "vision_feature_layer", None)
        if tower is None or layer is None or any(each.requires_grad for each in tower.parameters()):
            return None
        return cls(tower, [layer] if isinstance(layer, int) else list(layer))

    def detach(self) -> None:
        """Restore the tower's own forward."""
        self._tower.forward = self._forward

    def _recall(self, pixel_values: Tensor, **options: Any) -> BaseModelOutputWithPooling:
        names, self.names = self.names, ()
        if len(names) != len(pixel_values):  # a direct call of the model
            plain: BaseModelOutputWithPooling = self._forward(pixel_values, **{**options, "output_hidden_states": True})
            return plain
        self._encode(names, pixel_values)
        found = [torch.stack([self._known[name][place] for name in names]) for place in range(len(self._layers))]
        depth = max(layer if layer >= 0 else -layer for layer in self._layers) + 1
        hidden: list[Any] = [None] * (depth if max(self._layers) >= 0 else depth - 1)
        for layer, states in zip(self._layers, found, strict=True):
            hidden[layer] = states
        return BaseModelOutputWithPooling(last_hidden_state=found[-1], hidden_states=tuple(hidden))

    @torch.no_grad()
    def _encode(self, names: tuple[str, ...], pixel_values: Tensor) -> None:
        new = {name: place for place, name in enumerate(names) if name not in self._known}
        if not new:
            return
        kind = pixel_values.device.type
        learning = self._tower.training
        self._tower.eval()  # the cached output must have no noise
        with torch.autocast(kind, enabled=False):
            out = self._forward(pixel_values[list(new.values())], output_hidden_states=True)
        self._tower.train(learning)
        self.encoded += len(new)
        for place, name in enumerate(new):
            self._known[name] = [out.hidden_states[layer][place] for layer in self._layers]
