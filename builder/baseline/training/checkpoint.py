"""The state of a training on disk: killed in the night, it goes on where it was, to the same weights."""

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
    """One file, written anew after so many `seconds`: weights that learn, their moments, the curve.

    Random numbers need no keeping: each step draws its own.

    It is three times as large as the weights that learn.
    """

    path: Path
    seconds: float
    _written: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> bool:
        """Whether it is time to write again."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, parameters: Sequence[nn.Parameter], optimiser: Optimizer, scaler: GradScaler, curve: Curve) -> None:
        """Keep how a training stands after the steps of `curve`."""
        tensors: dict[str, Tensor] = {}
        for number, parameter in enumerate(parameters):
            tensors[f"{number}.weight"] = parameter.detach()
            tensors.update((f"{number}.{name}", value) for name, value in optimiser.state[parameter].items())
        notes = {"curve": json.dumps(vars(curve)), "scaler": json.dumps(scaler.state_dict())}
        with replacing(self.path) as temporary:
            save_file({name: value.contiguous() for name, value in tensors.items()}, temporary, notes)
        self._written = time.monotonic()

    def read(self, parameters: Sequence[nn.Parameter], optimiser: Optimizer, scaler: GradScaler) -> Curve:
        """Put a training back to where it was, and say what was seen so far: nothing when there is no file.

        Raises BenchError when the file cannot be read.
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
