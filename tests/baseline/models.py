"""Models as users have them on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

from builder.baseline.models import tiny

LLAVA_TEMPLATE = (
    "{% for message in messages %}{{ message['role'].upper() + ': ' }}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ '<image>\n' }}{% endif %}{% endfor %}"
    "{% for part in message['content'] %}{% if part['type'] == 'text' %}{{ part['text'] + ' ' }}{% endif %}{% endfor %}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)
"""As llava-1.5 has it: no end token after an answer, a space before and behind it."""


def save_llava(folder: Path, texts: Sequence[str], template: str | None = LLAVA_TEMPLATE) -> Path:
    """A random LLaVA with a tower of its own, saved as its makers would."""
    made: Any = tiny.processor(tiny.tokenizer(texts, size=400))
    processor: Any = LlavaProcessor(
        image_processor=made.image_processor,
        tokenizer=made.tokenizer,
        patch_size=48,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=template,
    )
    words = made.tokenizer
    torch.manual_seed(3)
    model: Any = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=CLIPVisionConfig(
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=3,
                num_attention_heads=2,
                image_size=96,
                patch_size=48,
            ),
            text_config=LlamaConfig(
                vocab_size=len(words),
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=4,
                num_key_value_heads=2,
            ),
            image_token_index=int(words.get_vocab()["<image>"]),
            vision_feature_layer=-2,
        )
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
