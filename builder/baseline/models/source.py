"""Where models come from, and how they are kept: the base model, and what training made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from builder.base.errors import BenchError, CallError
from builder.baseline.models import adapter, pretrained, seeing, tiny
from builder.baseline.models.memo import TowerMemo
from builder.baseline.models.seeded import seed_torch
from builder.baseline.models.vlm import Vlm
from builder.baseline.settings import Settings
from builder.format.reading import Person
from builder.run.files import replacing_folder


@dataclass(frozen=True)
class ModelOpener:
    """Opens the base model, by the settings.

    `seen` are the people whose train views the embedded model's vision tower is adapted to first; nobody when the
    release is drawn as the tower knows it. `check` is given a model, when it is first opened, and its name.
    """

    settings: Settings
    pictures: Mapping[str, bytes]
    seen: Sequence[Person] = ()
    check: Callable[[Vlm, str], None] = lambda vlm, name: None
    _tried: list[str] = field(default_factory=list)
    _adapted: dict[int, dict[str, Tensor]] = field(default_factory=dict)

    def untrained(self, seed: int) -> Vlm:
        """The base model as it comes."""
        if self.settings.tiny:
            vlm = tiny.build(self.pictures)
            if self.settings.precision != "auto":
                dtype = pretrained.number_type(self.settings)
                vlm.compute = None if dtype == torch.float32 else dtype
            if self.seen:
                if seed not in self._adapted:
                    self._adapted[seed] = seeing.adapt(vlm, self.seen, seed)
                tiny.load_tower(vlm.model, self._adapted[seed])
        else:
            vlm = pretrained.load(self.settings.model, self.pictures, self.settings)
            if not self._tried:
                self.check(vlm, self.settings.model)
                self._tried.append(self.settings.model)
        return vlm

    def trainable(self, seed: int, name: str, start: Path | None = None) -> Vlm:
        """The base model, or what was saved in `start`, made ready to be trained as the model `name`."""
        vlm = self.untrained(seed)
        kept = start if start is not None and (start / adapter.CONFIG).is_file() else None
        if start is not None and kept is None:
            load_weights(vlm, start)
        if self.settings.lora:
            seed_torch(seed, name, "adapter")
            adapter.attach(vlm, self.settings.lora, kept)
        _prepare(vlm, self.settings)
        return vlm


def save(vlm: Vlm, folder: Path) -> None:
    """Keep a model (where only an adapter was trained, the adapter alone), whole or not at all."""
    with replacing_folder(folder) as temporary:
        if adapter.sits_on(vlm.model):
            adapter.save(vlm.model, temporary)
        else:
            vlm.model.save_pretrained(temporary)
        vlm.chat.processor.save_pretrained(temporary)


def load_weights(vlm: Vlm, folder: Path) -> None:
    """Give the model the weights saved in `folder`, which must be of its kind."""
    try:
        stored = type(vlm.model).from_pretrained(folder, dtype=vlm.dtype, use_safetensors=True)
        vlm.model.load_state_dict(stored.state_dict())
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise BenchError(
            f"The model in {folder} cannot be read; put it back, or discard the run with --fresh. "
            f"{pretrained.first_line(error)}"
        ) from error


def _prepare(vlm: Vlm, settings: Settings) -> None:
    part = settings.train
    if part.freeze_vision:
        towers = vlm.towers()
        if not towers and not settings.lora:
            raise CallError(
                f"train.freeze_vision: no vision tower is found in {settings.model} ({type(vlm.inner).__name__}); "
                "--set train.freeze_vision=false trains all of it, --lora N the language model alone."
            )
        for tower in towers:
            tower.requires_grad_(False)
        vlm.memo = TowerMemo.attach(vlm.inner)
    if part.gradient_checkpointing:
        vlm.model.gradient_checkpointing_enable()
        vlm.model.enable_input_require_grads()
