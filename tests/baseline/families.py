"""Small random models of the families that users bring, each with its own kind of processor.

They differ in what matters here: how an image becomes tokens, whether an image's size decides how many, positions in
one dimension or three, kinds of tokens, layers that look back a little only, text that the processor itself rewrites.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import transformers

from builder.baseline.models import tiny
from builder.baseline.models.chat import Chat
from builder.baseline.models.memo import TowerMemo
from builder.baseline.models.vlm import Vlm

_LANGUAGE: Mapping[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
_VISION: Mapping[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
_ROTARY: Mapping[str, Any] = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0}
_SIDE = {"height": 48, "width": 48}

Made = tuple[Any, Any]
"""A model and its processor."""


def vlm_of(family: str, texts: Sequence[str], pictures: Mapping[str, bytes]) -> Vlm:
    """A model of a family, its vision tower frozen as training does it."""
    model, processor = FAMILIES[family](texts)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("vision" not in name and "visual" not in name)
    return Vlm(model.eval(), Chat(processor, pictures), memo=TowerMemo.attach(model))


def _words(texts: Sequence[str], **special: str) -> Any:
    """A tokenizer that knows `special` tokens by name, as `boi_token` is known to Gemma's."""
    words = tiny.tokenizer([*texts, "user\n\n\n"], size=420)
    words.add_special_tokens({"additional_special_tokens": list(special.values())})
    for name, token in special.items():
        setattr(words, name, token)
        setattr(words, f"{name}_id", words.convert_tokens_to_ids(token))
    return words


def _template(image: str) -> str:
    return (
        "{% for message in messages %}{{ message['role'] + '\n' }}{% for part in message['content'] %}"
        "{% if part['type'] == 'image' %}" + image + "{% else %}{{ part['text'] }}{% endif %}{% endfor %}</s>\n"
        "{% endfor %}{% if add_generation_prompt %}{{ 'assistant\n' }}{% endif %}"
    )


def _llava_next(texts: Sequence[str]) -> Made:
    """Tiles whose number depends on the image's shape, beside the whole of it."""
    words = _words(texts)
    grid = [[48, 96], [96, 48], [96, 96]]
    processor = transformers.LlavaNextProcessor(
        transformers.LlavaNextImageProcessorPil(size={"shortest_edge": 48}, crop_size=_SIDE, image_grid_pinpoints=grid),
        words,
        patch_size=24,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=_template("<image>\n"),
    )
    config = transformers.LlavaNextConfig(
        vision_config=transformers.CLIPVisionConfig(**_VISION, image_size=48, patch_size=24),
        text_config=transformers.LlamaConfig(vocab_size=len(words), **_LANGUAGE),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        image_grid_pinpoints=grid,
        vision_feature_layer=-2,
    )
    return transformers.LlavaNextForConditionalGeneration(config), processor


def _qwen(texts: Sequence[str], processor: Any, config: Any, model: Any, **own: Any) -> Made:
    """Positions in time, height and width; every image token is marked as one."""
    names = ("image", "video", "vision_start", "vision_end")
    tokens = ("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    words = _words(texts, **dict(zip((f"{name}_token" for name in names), tokens, strict=True)))
    vision = {**_VISION, "depth": 2, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 2, "out_hidden_size": 32}
    made = config(
        text_config={"vocab_size": len(words), "head_dim": 8, "rope_parameters": dict(_ROTARY), **_LANGUAGE},
        vision_config={**vision, **own},
        **{f"{name}_token_id": words.convert_tokens_to_ids(token) for name, token in zip(names, tokens, strict=True)},
    )
    images = transformers.Qwen2VLImageProcessorPil(
        patch_size=8, merge_size=2, size={"shortest_edge": 32 * 32, "longest_edge": 64 * 64}
    )
    template = _template("<|vision_start|><|image_pad|><|vision_end|>")
    return model(made), processor(images, words, None, chat_template=template)


def _qwen2_5_vl(texts: Sequence[str]) -> Made:
    return _qwen(
        texts,
        transformers.Qwen2_5_VLProcessor,
        transformers.Qwen2_5_VLConfig,
        transformers.Qwen2_5_VLForConditionalGeneration,
        window_size=32,
        fullatt_block_indexes=[1],
    )


def _qwen3_vl(texts: Sequence[str]) -> Made:
    return _qwen(
        texts,
        transformers.Qwen3VLProcessor,
        transformers.Qwen3VLConfig,
        transformers.Qwen3VLForConditionalGeneration,
        num_position_embeddings=16,
        deepstack_visual_indexes=[0, 1],
    )


def _gemma3(texts: Sequence[str]) -> Made:
    """Image tokens see each other both ways, half of the layers look back 16 tokens, line breaks around images."""
    tokens = ("<start_of_image>", "<image_soft_token>", "<end_of_image>")
    words = _words(texts, **dict(zip(("boi_token", "image_token", "eoi_token"), tokens, strict=True)))
    processor = transformers.Gemma3Processor(
        transformers.Gemma3ImageProcessorPil(size=_SIDE, image_seq_length=4),
        words,
        chat_template=_template("<start_of_image>"),
        image_seq_length=4,
    )
    language = transformers.Gemma3TextConfig(
        vocab_size=len(words),
        head_dim=8,
        sliding_window=16,
        layer_types=["sliding_attention", "full_attention"],
        query_pre_attn_scalar=8,
        **_LANGUAGE,
    )
    boi, image, eoi = words.convert_tokens_to_ids(list(tokens))
    config = transformers.Gemma3Config(
        text_config=language,
        vision_config=transformers.SiglipVisionConfig(**_VISION, image_size=48, patch_size=12),
        mm_tokens_per_image=4,
        boi_token_index=boi,
        image_token_index=image,
        eoi_token_index=eoi,
    )
    return transformers.Gemma3ForConditionalGeneration(config), processor


def _idefics2(texts: Sequence[str]) -> Made:
    """A resampler; the processor puts a space behind an image."""
    words = _words(texts)
    images = transformers.Idefics2ImageProcessorPil(
        size={"shortest_edge": 48, "longest_edge": 64}, do_image_splitting=False
    )
    processor = transformers.Idefics2Processor(images, words, image_seq_len=4, chat_template=_template("<image>"))
    perceiver = {"resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2, "resampler_head_dim": 16}
    config = transformers.Idefics2Config(
        vision_config={**_VISION, "image_size": 64, "patch_size": 16},
        perceiver_config={"hidden_size": 32, "num_key_value_heads": 1, **perceiver},
        text_config=transformers.MistralConfig(vocab_size=len(words), pad_token_id=words.pad_token_id, **_LANGUAGE),
        image_token_id=words.convert_tokens_to_ids("<image>"),
    )
    return transformers.Idefics2ForConditionalGeneration(config), processor


def _idefics3(texts: Sequence[str]) -> Made:
    """Tiles in rows and columns, each named by a token; SmolVLM does the same."""
    places = {f"place_{row}{column}": f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)}
    words = _words(
        texts, fake="<fake_token_around_image>", globally="<global-img>", turn="<end_of_utterance>", **places
    )
    images = transformers.Idefics3ImageProcessorPil(size={"longest_edge": 96}, max_image_size={"longest_edge": 48})
    processor = transformers.Idefics3Processor(images, words, image_seq_len=4, chat_template=_template("<image>"))
    config = transformers.Idefics3Config(
        vision_config={**_VISION, "image_size": 48, "patch_size": 12},
        text_config=transformers.LlamaConfig(vocab_size=len(words), **_LANGUAGE),
        image_token_id=words.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    return transformers.Idefics3ForConditionalGeneration(config), processor


def _internvl(texts: Sequence[str]) -> Made:
    """Tiles as pictures of their own: more pixel values than images."""
    tokens = {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    }
    words = _words(texts, **tokens)
    images = transformers.GotOcr2ImageProcessorPil(size=_SIDE, crop_to_patches=True, min_patches=2, max_patches=4)
    template = _template("<IMG_CONTEXT>\n")
    processor = transformers.InternVLProcessor(images, words, None, image_seq_length=4, chat_template=template)
    config = transformers.InternVLConfig(
        vision_config={**_VISION, "image_size": [48, 48], "patch_size": [12, 12]},
        text_config=transformers.Qwen2Config(vocab_size=len(words), **_LANGUAGE),
        image_token_id=words.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
        downsample_ratio=0.5,
    )
    return transformers.InternVLForConditionalGeneration(config), processor


FAMILIES: Mapping[str, Callable[[Sequence[str]], Made]] = {
    "llava_next": _llava_next,
    "qwen2_5_vl": _qwen2_5_vl,
    "qwen3_vl": _qwen3_vl,
    "gemma3": _gemma3,
    "idefics2": _idefics2,
    "idefics3": _idefics3,
    "internvl": _internvl,
}
