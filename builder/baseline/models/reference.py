"""The model before unlearning, frozen: a copy, or with an adapter the same model with the adapter off."""

import copy

import torch

from builder.baseline.encoding import Batch
from builder.baseline.models.vlm import Answers, Vlm


class Reference:
    """Answers as the model did before unlearning began."""

    def __init__(self, vlm: Vlm) -> None:
        """Remember `vlm` as it is now. With an adapter nothing is copied, so the adapter must be new, at zero."""
        self._adapter = hasattr(vlm.model, "disable_adapter")
        model = vlm.model if self._adapter else copy.deepcopy(vlm.model).requires_grad_(False).eval()
        self._vlm = Vlm(model, vlm.chat, vlm.compute, vlm.memo)

    @torch.no_grad()
    def answers(self, batch: Batch) -> Answers:
        """Logits at the answer tokens."""
        if not self._adapter:
            return self._vlm.answers(batch)
        with self._vlm.model.disable_adapter():
            return self._vlm.answers(batch)

    @torch.no_grad()
    def hidden(self, batch: Batch, layer: int) -> torch.Tensor:
        """States after decoder layer `layer` where answer tokens are predicted, (N, H)."""
        if not self._adapter:
            return self._vlm.hidden(batch, layer)
        with self._vlm.model.disable_adapter():
            return self._vlm.hidden(batch, layer)
