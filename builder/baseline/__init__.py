"""Checks a release: fine-tunes, unlearns and evaluates vision-language models on it, and reports what they reach."""

import importlib.util

from builder.base.errors import CallError

_NEEDED = (
    "torch",
    "transformers",
    "accelerate",
    "peft",
    "safetensors",
    "rouge_score",
    "sacrebleu",
    "scipy",
)


def check_installed() -> None:
    """Raise CallError, with the command that mends it, when a package that baselines need is not installed."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CallError(
            f"Baselines need {', '.join(missing)}, not installed here: pip install 'build-bench[baseline]' "
            "(with the PyTorch build that fits your machine)."
        )
