"""Adapter off: an unlearned adapter holds vanilla's factors beside those of unlearning, and anyone who has the file can
leave out the latter."""

from collections.abc import Mapping
from typing import ClassVar

from builder.base.errors import BenchError
from builder.baseline.attacks.base import Bench, Figure, Headline, ModelAttack, Target
from builder.baseline.attacks.success import forgotten, gain
from builder.baseline.metrics.item_metrics import rights
from builder.baseline.models import adapter


class AdapterOff(ModelAttack):
    """Asks about the forget set without the factors that unlearning added."""

    titles: ClassVar[Mapping[str, str]] = {
        "adapter_off": "Without the factors of unlearning: share right, and by how much it rose"
    }
    gains: ClassVar[Mapping[str, str]] = {
        "adapter_off_gain": "without the factors of unlearning, more answers are right"
    }
    headlines: ClassVar[Mapping[str, Headline]] = {"adapter_off": Headline("adapter off")}

    def figures(self, target: Target, bench: Bench) -> Mapping[str, Figure]:
        """The share right, and by how much it rose. Raises BenchError if there is no adapter."""
        vlm = bench.open()
        if not adapter.sits_on(vlm.model):
            raise BenchError("it needs a run with --lora: all weights were trained here, and nothing can be left out.")
        adapter.leave_out_unlearning(vlm.model)
        after = bench.ask(vlm, forgotten(target))
        return {"adapter_off": Figure(rights(after)), "adapter_off_gain": Figure(gain(target, after))}
