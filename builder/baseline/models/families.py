"""Which models this runner can train and ask, judged by their shape before any work; a refusal names the family.

The runner calls a model's body and head separately, shares the keys and values of prompts, and pads them. It inspects
an empty model before reading the weights; the answers are compared later (`evaluation.agreement`).
"""

from typing import Any

from builder.base.errors import CallError


def check_shape(name: str, config: Any, model: Any) -> None:
    """Raise CallError, with the family's name, when a model is not made of a body and a head over one row of tokens."""
    language = config.get_text_config()
    if getattr(config, "is_encoder_decoder", False) or getattr(language, "is_encoder_decoder", False):
        refuse(name, model, "it has a separate encoder and decoder")
    if getattr(language, "cross_attention_layers", None):
        refuse(name, model, "it looks at images by cross-attention, not as part of the prompt")
    if not hasattr(model, "model") or model.get_output_embeddings() is None:
        refuse(name, model, "its body cannot be run apart from its head (it has no '.model', or no output embeddings)")


def refuse(name: str, model: Any, reason: str, error: Exception | None = None) -> None:
    """Raise CallError: a model of this family cannot be trained or asked, and why."""
    raise CallError(
        f"{name} is a {model.config.model_type} model ({type(model).__name__}), which this runner cannot train or ask: "
        f"{reason}. docs/baseline.md lists the tested families."
    ) from error
