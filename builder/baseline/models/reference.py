"""The frozen model before unlearning: a copy or, with an adapter, the same model without what it has learned since."""

import contextlib
import copy
from collections.abc import Iterator

import torch

from builder.baseline.models import adapter
from builder.baseline.models.encoding import Batch
from builder.baseline.models.vlm import Answers, Vlm


class ReferenceModel:
    """Answers as the model did before unlearning began: in evaluation mode, so without the noise of any dropout."""

    def __init__(self, vlm: Vlm) -> None:
        """Keep `vlm` as it is now. With an adapter nothing is copied, so the adapter must be new, at zero."""
        self._shared = adapter.sits_on(vlm.model)
        model = vlm.model if self._shared else copy.deepcopy(vlm.model).requires_grad_(False)
        self._vlm = Vlm(model, vlm.chat, vlm.compute, vlm.memo)

    @torch.no_grad()
    def answers(self, batch: Batch) -> Answers:
        """Logits at the answer tokens."""
        with self._before():
            return self._vlm.answers(batch)

    @torch.no_grad()
    def hidden(self, batch: Batch, layer: int) -> torch.Tensor:
        """States after decoder layer `layer` at the answer tokens themselves, (N, H)."""
        with self._before():
            return self._vlm.hidden(batch, layer)

    @contextlib.contextmanager
    def _before(self) -> Iterator[None]:
        learned = adapter.as_it_started(self._vlm.model) if self._shared else contextlib.nullcontext()
        with self._vlm.evaluating(), learned:
            yield
