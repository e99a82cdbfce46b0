"""Prompts as the model's own template and processor would have them."""

import io
from pathlib import Path

import pytest
from PIL import Image

from builder.baseline.examples import Example, texts
from builder.baseline.models import pretrained
from builder.baseline.models.chat import Chat
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import resolve
from builder.errors import BenchError
from tests.baseline.models import save_llava


def _expected(chat: Chat, text: str, picture: str | None) -> list[int]:
    turn = {"role": "user", "content": [*([{"type": "image"}] if picture else []), {"type": "text", "text": text}]}
    rendered = chat.processor.apply_chat_template([turn], add_generation_prompt=True, tokenize=False)
    images = [Image.open(io.BytesIO(chat.pictures[picture])).convert("RGB")] if picture else None
    made = chat.processor(images=images, text=[rendered], return_tensors="pt")
    return made["input_ids"][0].tolist()  # type: ignore[no-any-return]


def _theirs(users_model: Path, crowd: Crowd) -> Vlm:
    settings = resolve({"model": str(users_model), "evaluate_only": True}, [], {})
    return pretrained.load(str(users_model), pictures_of(crowd.trained), settings)


def test_a_prompt_is_what_template_and_processor_make_of_it(vlm: Vlm, users_model: Path, crowd: Crowd) -> None:
    picture = crowd.forget[0].portraits[0].id
    for chat in (vlm.chat, _theirs(users_model, crowd).chat):
        for name in (None, picture):
            ids, shared = chat.prompt("What is the allergy of Ada?", name)
            expected = _expected(chat, "What is the allergy of Ada?", name)
            # a template that starts with the start token has it once
            assert ids == expected[len(expected) - len(ids) :]
            assert set(expected[: len(expected) - len(ids)]) <= {chat.tokenizer.bos_token_id}
            assert (shared > 0) == (name is not None)
            if name:
                assert ids[shared - 1] == chat.placeholder and chat.placeholder not in ids[shared:]


def test_an_answer_follows_and_ends_as_the_template_says(vlm: Vlm, users_model: Path, crowd: Crowd) -> None:
    assert vlm.chat.text(vlm.chat.target("a nurse")) == "a nurse"
    theirs = _theirs(users_model, crowd).chat
    ids = theirs.target("a nurse")
    assert theirs.tokenizer.decode(ids[:-1]) == " a nurse", "llava-1.5 puts a space after ASSISTANT:"
    assert ids[-1] == theirs.tokenizer.eos_token_id, "its template names no end token, so the tokenizer's is learned"


def test_a_system_prompt_stands_before_the_question(vlm: Vlm) -> None:
    plain, _ = vlm.chat.prompt("Who?", None)
    told, _ = vlm.chat.saying("Say nothing.").prompt("Who?", None)
    assert "Say nothing." in vlm.chat.text(told) and len(told) > len(plain)


def test_a_processor_without_chat_template_is_refused(tmp_path: Path, learned: list[Example], crowd: Crowd) -> None:
    save_llava(tmp_path, texts(learned), template=None)
    with pytest.raises(BenchError, match="no chat template"):
        _theirs(tmp_path, crowd)
