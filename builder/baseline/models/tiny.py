"""The embedded model: a bundled LLaVA of three million weights, so that nothing has to be downloaded.

From strangers who are in no benchmark it has learned to tell drawn faces apart (training/vision_tower.py) and to read
and answer questions about people (training/language_model.py). This stands for pre-training, on a small scale. It knows
nothing about the people of a release.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
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

from builder.baseline.models import strangers, tower
from builder.baseline.models.chat import Chat
from builder.baseline.models.vlm import Vlm

TOKENIZER = Path(__file__).parent / "tokenizer.json"
WEIGHTS = Path(__file__).parent / "language_model.safetensors"
TOWER = "vision_tower"
"""What the names of the vision tower's weights hold; these stand in a file of their own."""
VOCABULARY = 3072
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
    return _wrap(plain)


def words() -> PreTrainedTokenizerFast:
    """The tokenizer that comes along."""
    return _wrap(Tokenizer.from_file(str(TOKENIZER)))


def _wrap(plain: Tokenizer) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=plain,
        pad_token=_PAD,
        bos_token=_START,
        eos_token=_END,
        additional_special_tokens=[_IMAGE, _USER, _MODEL],
        clean_up_tokenization_spaces=False,
    )


def processor(words: PreTrainedTokenizerFast) -> LlavaProcessor:
    """A tokenizer with an image processor and a chat template."""
    images = CLIPImageProcessorPil(
        size={"height": tower.SIZE, "width": tower.SIZE},
        do_center_crop=False,
        image_mean=list(tower.MEAN),
        image_std=list(tower.DEVIATION),
    )
    return LlavaProcessor(
        image_processor=images,
        tokenizer=words,
        patch_size=tower.config().patch_size,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token=_IMAGE,
        chat_template=_TEMPLATE,
    )


def build(pictures: Mapping[str, bytes]) -> Vlm:
    """The embedded model as it comes. It has seen its strangers' pictures, too."""
    vlm = blank(words(), {**strangers.pictures(), **pictures})
    own = {name for name in vlm.model.state_dict() if TOWER in name}
    missing, unknown = vlm.model.load_state_dict(tower.weights(WEIGHTS), strict=False)
    assert not unknown and {*missing} <= {*own, "lm_head.weight"}, "weights of another model"
    return vlm


def blank(words: PreTrainedTokenizerFast, pictures: Mapping[str, bytes], seed: int = 0) -> Vlm:
    """A model of the embedded one's shape that can see and knows no language yet."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: Any = LlavaForConditionalGeneration(_config(words))
    # Written out, attention is a quarter faster on a processor at this size than the fused kernel's backward pass.
    model.set_attn_implementation("eager")
    load_tower(model, tower.weights())
    return Vlm(model.eval(), Chat(processor(words), pictures), compute=fast_type())


def fast_type() -> torch.dtype | None:
    """What to train in: bf16 where the hardware multiplies it, else full precision (None).

    A processor without such instructions computes bf16 several times slower than fp32.
    """
    if torch.cuda.is_available():
        return torch.bfloat16
    able: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") or able.get("arm_bf16") else None


def load_tower(model: Any, weights: Mapping[str, torch.Tensor]) -> None:
    """Give a model's vision tower its weights, and freeze it."""
    vision: CLIPVisionModel = model.model.vision_tower
    vision.load_state_dict(weights)
    vision.requires_grad_(False)


def _config(words: PreTrainedTokenizerFast) -> LlavaConfig:
    language = LlamaConfig(
        vocab_size=len(words),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        # About one over the root of the width: at the usual .02, which is made for wide models, learning starts late.
        initializer_range=0.07,
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
