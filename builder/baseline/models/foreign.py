"""Opens adapters saved by others or by earlier runs, on the base model that they name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import PeftConfig, PeftModel
from transformers.utils.hub import cached_file
from transformers.utils.peft_utils import find_adapter_config_file

from builder.base.errors import BenchError, CallError
from builder.baseline.models.adapter import WEIGHTS, without_deprecations


@dataclass(frozen=True)
class Adapter:
    """A saved adapter: its own name, its files, the base model it belongs to."""

    name: str
    folder: Path
    base: str

    def on(self, model: Any) -> Any:
        """The base model with the adapter in its place, in evaluation mode."""
        with without_deprecations():
            return PeftModel.from_pretrained(model, str(self.folder)).eval()


def find(name: str, *, evaluate_only: bool) -> Adapter | None:
    """The adapter called `name`, a folder or a name on the Hub; None when there is none and it may be a whole model.

    Raises CallError when it cannot be used that way, BenchError when it is not complete.
    """
    try:
        config_file = find_adapter_config_file(name)
    except (OSError, ValueError):
        return None
    if config_file is None or (Path(name) / "config.json").is_file():
        return None
    if not evaluate_only:
        raise CallError(
            f"{name} is an adapter: --evaluate-only evaluates it. To train on from it, merge it into its base model "
            "(peft's merge_and_unload), save that, and name the folder."
        )
    config = PeftConfig.from_pretrained(str(Path(config_file).parent))
    if config.is_prompt_learning or config.is_adaption_prompt:
        raise CallError(
            f"{name} is an adapter of the kind {config.peft_type}; only adapters inside the layers are supported."
        )
    try:
        weights = cached_file(name, WEIGHTS)
    except OSError as error:
        raise BenchError(f"The adapter {name} has no {WEIGHTS}: weights are read from safetensors only.") from error
    if not config.base_model_name_or_path:
        raise BenchError(f"The adapter {name} does not name its base model (base_model_name_or_path in its config).")
    return Adapter(name, Path(str(weights)).parent, config.base_model_name_or_path)
