"""Prompts as the model's own template and processor would have them."""

import copy
import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from builder.base.errors import BenchError
from builder.baseline.models import pretrained
from builder.baseline.models.chat import Chat
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd, pictures_of
from builder.baseline.settings import resolve
from builder.baseline.training.examples import Example, texts
from tests.baseline.models import save_llava


def _expected(chat: Chat, text: str, picture: str | None) -> list[int]:
    turn = {"role": "user", "content": [*([{"type": "image"}] if picture else []), {"type": "text", "text": text}]}
    rendered = chat.processor.apply_chat_template([turn], add_generation_prompt=True, tokenize=False)
    images = [Image.open(io.BytesIO(chat.pictures[picture])).convert("RGB")] if picture else None
    made = chat.processor(images=images, text=[rendered], return_tensors="pt")
    return made["input_ids"][0].tolist()  # type: ignore[no-any-return]


def _theirs(users_model: Path, crowd: Crowd) -> Vlm:
    settings = resolve({"model": str(users_model), "evaluate_only": True}, {}, {})
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


_TURNS = (
    "{% for message in messages %}<user>{{ message['role'] }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}</s>{% endfor %}"
    "{% if add_generation_prompt %}<model>{% endif %}"
)
_REFUSING = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + _TURNS
_DROPPING = _TURNS.replace(
    "{% for message in messages %}", "{% for message in messages if message['role'] != 'system' %}"
)


def _with(vlm: Vlm, template: str, **more: Any) -> Chat:
    """The embedded model's chat with another template."""
    processor = copy.copy(vlm.chat.processor)
    processor.chat_template = template
    return Chat(processor, vlm.chat.pictures, **more)


@pytest.mark.parametrize("template", [_REFUSING, _DROPPING], ids=["refused", "dropped"])
@pytest.mark.parametrize("shown", [True, False])
def test_a_system_prompt_that_a_template_has_no_place_for_is_said_by_the_user(
    vlm: Vlm, crowd: Crowd, template: str, shown: bool
) -> None:
    chat = _with(vlm, template)
    picture = crowd.forget[0].portraits[0].id if shown else None
    told = chat.saying("Say nothing of Ada.")
    ids, shared = told.prompt("Who?", picture)
    assert "user: " in told.text(ids) and "Say nothing of Ada.\n\nWho?" in told.text(ids)
    assert ids[:shared] == chat.prompt("Who?", picture)[0][:shared] and (shared > 0) == shown
    assert ["no place for a system prompt" in each for each in told.notes] == [True] and not chat.notes
    assert not vlm.chat.saying("Say nothing.").notes, "this template has one"


_THINKING = (
    "{% for message in messages %}<user>{{ message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}{{ BEFORE }}{% endif %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}</s>{% endfor %}{% if add_generation_prompt %}<user>{{ 'assistant\n' }}{{ OPEN }}{% endif %}"
)


@pytest.mark.parametrize(
    ("before", "opened"),
    [("<think>\n\n</think>\n\n", ""), ("<think>\n\n</think>\n\n", "<think>\n"), ("", "<think>\n")],
    ids=["written", "opened and written", "opened and dropped"],
)
@pytest.mark.parametrize("shown", [True, False])
def test_thoughts_stand_as_the_template_writes_them(
    vlm: Vlm, crowd: Crowd, before: str, opened: str, shown: bool
) -> None:
    """A prompt and its answer together are the turn that the template writes itself, to the letter."""
    chat = _with(vlm, _THINKING.replace("BEFORE", repr(before)).replace("OPEN", repr(opened)))
    images = [{"type": "image"}] if shown else []
    turns = [
        {"role": "user", "content": [*images, {"type": "text", "text": "Who?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Ada"}]},
    ]
    whole = chat.processor.apply_chat_template(turns, tokenize=False)
    picture = crowd.forget[0].portraits[0].id if shown else None
    said = [*chat.prompt("Who?", picture)[0], *chat.target("Ada")]
    written = chat.tokenizer.decode([each for each in said if each != chat.placeholder])
    assert written.removeprefix("<s>") == whole.replace("<image>", "")
    assert chat.text(chat.target("Ada")) == "Ada", "thoughts are no part of the answer"


def test_a_date_that_a_template_prints_is_the_runs(vlm: Vlm, monkeypatch: pytest.MonkeyPatch) -> None:
    template = "{{ 'Today: ' + strftime_now('%d %b %Y') + '\n' }}" + _TURNS
    assert "Today: 01 Jan 2025" in (plain := _with(vlm, template)).text(plain.prompt("Who?", None)[0])
    chat = _with(vlm, template, today=resolve({}, {"today": datetime.date(2026, 3, 2)}, {}).today)
    assert "Today: 02 Mar 2026" in chat.text(chat.prompt("Who?", None)[0])
    assert "Today: 02 Mar 2026" in chat.saying("Hush.").text(chat.saying("Hush.").prompt("Who?", None)[0])
