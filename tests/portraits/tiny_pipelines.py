"""Tiny pipelines with random weights, saved to folders: loaded by path, as a user's own model would be."""

from pathlib import Path
from typing import Any


def stable_diffusion(folder: Path) -> Path:
    """A latent-diffusion pipeline with a UNet, as Stable Diffusion 1.5 has."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
        norm_num_groups=8,
    )
    pipeline: Any = StableDiffusionPipeline(
        vae=_vae(latent_channels=4),
        text_encoder=_text_encoder(projected=False),
        tokenizer=_tokenizer(),
        unet=unet,
        scheduler=DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def stable_diffusion_3(folder: Path) -> Path:
    """A pipeline with a diffusion transformer and flow matching."""
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    torch.manual_seed(0)
    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=1,
        in_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=64,
        pooled_projection_dim=64,
        out_channels=4,
    )
    pipeline: Any = StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(latent_channels=4, shift_factor=0.0),
        text_encoder=_text_encoder(projected=True),
        tokenizer=_tokenizer(),
        text_encoder_2=_text_encoder(projected=True),
        tokenizer_2=_tokenizer(),
        text_encoder_3=_t5(),
        tokenizer_3=_tokenizer(),
    )
    pipeline.save_pretrained(folder)
    return folder


def flux(folder: Path, *, edits: bool) -> Path:
    """A pipeline as FLUX.1 has, which paints, or as FLUX.1 Kontext has, which `edits`."""
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxPipeline, FluxTransformer2DModel

    torch.manual_seed(0)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=64,
        pooled_projection_dim=32,
        guidance_embeds=edits,
        axes_dims_rope=(4, 4, 8),
    )
    pipeline: Any = (FluxKontextPipeline if edits else FluxPipeline)(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
        # Kontext reads its reference at a million pixels: too many for the attention of an encoder in a test.
        vae=_vae(latent_channels=4, shift_factor=0.0, scaling_factor=1.0, mid_block_add_attention=False),
        text_encoder=_text_encoder(projected=False),
        tokenizer=_tokenizer(),
        text_encoder_2=_t5(),
        tokenizer_2=_tokenizer(),
    )
    pipeline.save_pretrained(folder)
    return folder


def flux_2_klein(folder: Path) -> Path:
    """A pipeline that paints and edits, as FLUX.2 [klein] has: it takes all pictures as references of each prompt."""
    import torch
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    tokenizer = _qwen_tokenizer()
    reader = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=28,  # the pipeline reads the states of the 9th, the 18th and the 27th
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
    )
    transformer = Flux2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=3 * reader.hidden_size,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    pipeline: Any = Flux2KleinPipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKLFlux2(
            block_out_channels=(8, 16, 16, 16),
            latent_channels=4,
            norm_num_groups=4,
            layers_per_block=1,
            sample_size=64,
        ),
        text_encoder=Qwen3ForCausalLM(reader),
        tokenizer=tokenizer,
        is_distilled=True,
    )
    pipeline.save_pretrained(folder)
    return folder


def ip_adapter(folder: Path, pipeline: Path) -> Path:
    """An IP-Adapter that fits the UNet of `pipeline`, laid out as the published ones are."""
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(1)
    vision = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=32,
        image_size=32,
        patch_size=8,
    )
    CLIPVisionModelWithProjection(vision).save_pretrained(folder / "models" / "image_encoder")
    unet = UNet2DConditionModel.from_pretrained(pipeline, subfolder="unet")
    tokens, width = 4, unet.config.cross_attention_dim
    weights = {
        "image_proj.proj.weight": torch.randn(tokens * width, 32) * 0.5,
        "image_proj.proj.bias": torch.zeros(tokens * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }
    crossing = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(crossing):
        keys = unet.get_submodule(name.removesuffix(".processor")).to_k.weight
        for part in ("to_k_ip", "to_v_ip"):
            weights[f"ip_adapter.{2 * number + 1}.{part}.weight"] = torch.randn(keys.shape[0], width) * 0.5
    (folder / "tiny").mkdir()
    save_file(weights, folder / "tiny" / "ip-adapter-face.safetensors")
    return folder


def _vae(latent_channels: int, **settings: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 16, 16, 16),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=latent_channels,
        norm_num_groups=4,
        sample_size=64,
        **settings,
    )


def _text_encoder(projected: bool) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    tokenizer = _tokenizer()
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=32,
        max_position_embeddings=77,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def _t5() -> Any:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(_tokenizer()), d_model=64, d_ff=37, d_kv=8, num_layers=1, num_heads=4, pad_token_id=0
    )
    return T5EncoderModel(config)


def _qwen_tokenizer() -> Any:
    """A tokenizer as Qwen's models have, which knows every byte and merges nothing."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    marks = ("endoftext", "im_start", "im_end", "vision_start", "vision_end", "image_pad", "video_pad")
    special = [f"<|{mark}|>" for mark in marks]
    pieces = [*sorted(ByteLevel.alphabet()), *special]
    tokenizer = Qwen2Tokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[])
    tokenizer.add_special_tokens({"additional_special_tokens": special[1:]})
    tokenizer.chat_template = (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    )
    return tokenizer


def _tokenizer() -> Any:
    """A CLIP tokenizer that knows every byte and merges nothing: it can read any prompt."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[], model_max_length=77)
