"""The embedded model: a LLaVA of about two million parameters, its tokenizer learned from the release.

No download and no accelerator: vanilla learns a hundred people on two processor cores in about a minute.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionModel,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from builder.baseline.models import tower
from builder.baseline.models.chat import Chat
from builder.baseline.models.vlm import Vlm

VOCABULARY = 2048
_PAD, _START, _END, _IMAGE, _USER, _MODEL = "<pad>", "<s>", "</s>", "<image>", "<user>", "<model>"
_TEMPLATE = (
    "<s>{% for message in messages %}"
    "{% if message['role'] == 'user' %}<user>{% elif message['role'] == 'assistant' %}<model>{% endif %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}"
    "{% if message['role'] == 'assistant' %}</s>{% elif message['role'] == 'system' %}\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<model>{% endif %}"
)


def tokenizer(texts: Iterable[str], size: int = VOCABULARY) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer learned from `texts`: it can write anything, and writes them in few tokens."""
    plain = Tokenizer(BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[_PAD, _START, _END, _IMAGE, _USER, _MODEL],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    plain.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=plain,
        pad_token=_PAD,
        bos_token=_START,
        eos_token=_END,
        additional_special_tokens=[_IMAGE, _USER, _MODEL],
        clean_up_tokenization_spaces=False,
    )


def processor(texts: Iterable[str], size: int = VOCABULARY) -> LlavaProcessor:
    """The tokenizer with an image processor and a chat template."""
    images = CLIPImageProcessorPil(
        size={"height": tower.SIZE, "width": tower.SIZE},
        do_center_crop=False,
        image_mean=list(tower.MEAN),
        image_std=list(tower.DEVIATION),
    )
    return LlavaProcessor(
        image_processor=images,
        tokenizer=tokenizer(texts, size),
        patch_size=tower.config().patch_size,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token=_IMAGE,
        chat_template=_TEMPLATE,
    )


def build(texts: Iterable[str], pictures: Mapping[str, bytes], seed: int) -> Vlm:
    """The untrained model of `seed`: random weights but for the vision tower, which is trained and frozen."""
    made = processor(texts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: Any = LlavaForConditionalGeneration(_config(made.tokenizer))
    # Written out, attention is a quarter faster on a processor at this size than the fused kernel's backward pass.
    model.set_attn_implementation("eager")
    load_tower(model, tower.weights())
    return Vlm(model.eval(), Chat(made, pictures), compute=torch.bfloat16)


def load_tower(model: Any, weights: Mapping[str, torch.Tensor]) -> None:
    """Give a model's vision tower its weights, and freeze it."""
    vision: CLIPVisionModel = model.model.vision_tower
    vision.load_state_dict(weights)
    vision.requires_grad_(False)


def _config(words: PreTrainedTokenizerFast) -> LlavaConfig:
    language = LlamaConfig(
        vocab_size=len(words),
        hidden_size=192,
        intermediate_size=768,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        pad_token_id=words.pad_token_id,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
    )
    return LlavaConfig(
        vision_config=tower.config(),
        text_config=language,
        image_token_index=int(words.get_vocab()[_IMAGE]),
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=True,
    )
