"""A real model server with a model of random weights: its words are noise, and the run still ends cleanly."""

import sys
from pathlib import Path
from typing import Any

import pytest

from builder.llm.response_cache import ResponseCache
from tests.llm.runs import make_live, recipe_for
from tests.llm.serving import free_port, served

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"


def _save_tiny_model(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(["the person in the image"], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    config = LlamaConfig(vocab_size=len(fast), max_position_embeddings=8192, eos_token_id=1, bos_token_id=0, **sizes)
    LlamaForCausalLM(config).save_pretrained(folder)


def test_noise_from_a_real_server_falls_back_and_the_run_ends_cleanly(tmp_path: Path) -> None:
    model = tmp_path / "model"
    _save_tiny_model(model)
    port = free_port()
    serve = str(Path(sys.executable).with_name("transformers"))
    command = [serve, "serve", str(model), "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    with served(command, port, tmp_path / "log") as address:
        recipe = recipe_for(
            address,
            8,
            chat__model=str(model),
            chat__max_fallback=1,
            chat__max_tokens=64,
            chat__repairs=1,
            chat__concurrency=4,
            chat__timeout=60,
        )
        sender = make_live(tmp_path / "run", recipe)
    outcomes = ResponseCache(tmp_path / "run").outcomes()
    assert len(outcomes) == 16
    assert all(each.fell_back == each.pieces for each in outcomes)
    assert sender.ledger.answered == 40  # each biography twice; all questions at once, then again in halves
