"""The state of a training on disk: an interrupted training resumes where it was and reaches the same weights."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.amp.grad_scaler import GradScaler
from torch.optim import Optimizer

from builder.base.errors import BenchError
from builder.baseline.training.curve import Curve
from builder.run.files import replacing


@dataclass
class Checkpoint:
    """One file, rewritten every `seconds`: the trained weights, their moments and the curve.

    Random state is not stored, because each step draws its own numbers.

    The file is three times as large as the trained weights.
    """

    path: Path
    seconds: float
    _written: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> bool:
        """Whether it is time to write again."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, parameters: Sequence[nn.Parameter], optimiser: Optimizer, scaler: GradScaler, curve: Curve) -> None:
        """Store the state of a training after the steps of `curve`."""
        tensors: dict[str, Tensor] = {}
        for number, parameter in enumerate(parameters):
            tensors[f"{number}.weight"] = parameter.detach()
            tensors.update((f"{number}.{name}", value) for name, value in optimiser.state[parameter].items())
        notes = {"curve": json.dumps(vars(curve)), "scaler": json.dumps(scaler.state_dict())}
        with replacing(self.path) as temporary:
            save_file({name: value.contiguous() for name, value in tensors.items()}, temporary, notes)
        self._written = time.monotonic()

    def read(self, parameters: Sequence[nn.Parameter], optimiser: Optimizer, scaler: GradScaler) -> Curve:
        """Restore a training and return its curve so far; an empty one if there is no file.

        Raises BenchError if the file cannot be read.
        """
        if not self.path.is_file():
            return Curve()
        states: dict[str, dict[str, Tensor]] = defaultdict(dict)
        try:
            with safe_open(self.path, framework="pt") as file:
                notes = file.metadata()
                for name in file.keys():  # noqa: SIM118 - no mapping
                    whose, _, what = name.partition(".")
                    states[whose][what] = file.get_tensor(name)
        except (OSError, SafetensorError) as error:
            raise BenchError(f"{self.path} cannot be read ({error}); delete it to train from the start.") from error
        with torch.no_grad():
            for number, parameter in enumerate(parameters):
                parameter.copy_(states[str(number)].pop("weight"))
        moments = {int(number): state for number, state in states.items()}
        optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
        scaler.load_state_dict(json.loads(notes["scaler"]))
        return Curve(**json.loads(notes["curve"]))
