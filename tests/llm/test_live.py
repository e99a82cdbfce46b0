"""Runs by a server that behaves, and by one that does not."""

import contextlib
import json
import os
import re
import shutil
import signal
import socketserver
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

import builder
from builder import audit
from builder.base.errors import BenchError, CallError
from builder.base.records import Profile, Question
from builder.llm import wording_report
from builder.llm.remote import keys
from builder.llm.remote.keys import Key
from builder.llm.remote.live import LiveSender
from builder.llm.remote.policy import RetryPolicy
from builder.llm.response_cache import Answer, ResponseCache
from builder.run import shards
from builder.run.folder import RunFolder
from tests.conftest import Run
from tests.folders import digests
from tests.llm.runs import HASTY, make, make_live, recipe_for
from tests.llm.server import ANSWERS, TRANSPORT, Limit, Odd, Server, mixed

KEY = "sk-test-0123456789abcdef"


def records(out: Path) -> dict[str, str]:
    return {name: digest for name, digest in digests(out).items() if name.endswith(".parquet")}


def stored(out: Path) -> int:
    with sqlite3.connect(out / "responses" / "00000.sqlite") as connection:
        count = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
    connection.close()
    return int(count)


def test_the_model_words_biographies_and_questions(tmp_path: Path) -> None:
    with Server() as server:
        recipe = recipe_for(server.url, 8)
        make_live(tmp_path / "run", recipe)
    people = shards.read(tmp_path / "run" / "profiles" / "00000.parquet", Profile)
    asked = shards.read(tmp_path / "run" / "questions" / "00000.parquet", Question)
    assert len(people) == 8
    assert len(asked) > 400
    outcomes = ResponseCache(tmp_path / "run").outcomes()
    assert {(each.kind, each.repaired, each.fell_back) for each in outcomes} == {("biography", 0, 0), ("words", 0, 0)}
    assert server.outcomes == {"well": 16}


def test_mixed_faults_end_with_everybody_made_or_recorded_and_nothing_paid_twice(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server(misbehave=mixed(0.3, TRANSPORT + ANSWERS), latency=0.005) as server:
        recipe = recipe_for(server.url, 80, run__max_failure_rate=0.1, chat__timeout=1.5, chat__concurrency=32)
        with LiveSender(out, recipe.chat, None, None, HASTY) as sender:
            failures = make(out, recipe, sender, workers=2)
    made = {profile.id for path in (out / "profiles").glob("*.parquet") for profile in shards.read(path, Profile)}
    questioned = {
        each.profile_id for path in (out / "questions").glob("*.parquet") for each in shards.read(path, Question)
    }
    failed = {failure.profile_id for failure in failures}
    assert len(made | failed) == 80
    assert questioned | failed == made | failed
    assert len(failed) < 8
    assert sum(server.charged.values()) == sender.ledger.answered == stored(out)
    assert all(server.outcomes[kind] for kind in (*TRANSPORT, *ANSWERS))
    faults = sum((each.faults for each in ResponseCache(out).outcomes()), start=type(server.outcomes)())
    assert {"wrong shape", "cut off", "language", "refused", "empty", "no JSON"} <= set(faults)
    assert "sent again after" in sender.ledger.summary()[1]


def test_generate_under_mixed_faults_ends_with_a_release_that_verifies(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr("builder.llm.remote.live.RetryPolicy", lambda: HASTY)
    out = tmp_path / "run"
    few = ("profiles.count=24", "portraits.size=32", "questions.train_generation=1", "questions.train_cloze=0")
    patient = ("chat.timeout=1.5", "chat.concurrency=32", "run.max_failure_rate=0.1")
    settings = [word for knob in (*few, *patient) for word in ("--set", knob)]
    with Server(misbehave=mixed(0.3, TRANSPORT + ANSWERS), latency=0.005) as server:
        arguments = ("--writer", "openai", "--base-url", server.url, "--workers", "2", *settings)
        result = run("generate", tiny, "--out", out, *arguments)
    assert result.exit_code == 0, result.output
    assert all(server.outcomes[kind] for kind in (*TRANSPORT, *ANSWERS))
    assert sum(server.charged.values()) == stored(out)
    failed = RunFolder(out).failures.read_text().splitlines()
    assert len(failed) <= 2
    verified = builder.verify(out)
    assert verified.sound, str(verified)
    assert f"and {28 - len(failed)} people" in str(verified)


def test_a_run_replays_without_server_and_key_to_the_same_bytes(tmp_path: Path) -> None:
    with Server(misbehave=mixed(0.3, ANSWERS)) as server:
        recipe = recipe_for(server.url, 12)
        make_live(tmp_path / "run", recipe)
    (tmp_path / "again").mkdir()
    for name in ("recipe.toml", "responses"):
        subprocess.run(["cp", "-r", str(tmp_path / "run" / name), str(tmp_path / "again")], check=True)
    assert make(tmp_path / "again", recipe, None, workers=2) == []
    assert records(tmp_path / "again") == records(tmp_path / "run")
    shutil.rmtree(tmp_path / "again" / "questions")
    with LiveSender(tmp_path / "again", recipe.chat, None, None, HASTY) as sender:
        make(tmp_path / "again", recipe, sender)
    assert sender.ledger.asked == 0
    assert records(tmp_path / "again") == records(tmp_path / "run")


def test_what_is_missing_without_a_sender_fails_its_profile(tmp_path: Path) -> None:
    failures = make(tmp_path / "run", recipe_for("http://127.0.0.1:1/v1", 8, run__max_failure_rate=1), None)
    assert len(failures) == 8
    assert "no stored answer" in failures[0].reason


def test_killed_it_asks_only_what_was_not_answered(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server(latency=0.02) as server:
        (tmp_path / "r.toml").write_text(
            'name = "killed"\n[profiles]\ncount = 20\n[portraits]\nsize = 32\ntrain_views = 0\n[splits]\nholdout = 0\n'
            "forget = [50]\n[questions]\ntrain_generation = 1\ntrain_cloze = 0\ntrain_classification = 0\n"
            f'[writer]\nkind = "openai"\n[chat]\nbase_url = "{server.url}"\nitems = 30\nconcurrency = 4\n'
        )
        command = [sys.executable, "-m", "builder", "generate", str(tmp_path / "r.toml"), "--out", str(out)]
        environment = {**os.environ, "OPENAI_API_KEY": KEY}
        process = subprocess.Popen(
            [*command, "--workers", "1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while sum(server.charged.values()) < 30 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.1)
        before, kept = sum(server.charged.values()), stored(out)
        assert before >= 30
        recipe = RunFolder(out).recipe()
        with LiveSender(out, recipe.chat, None, None, HASTY) as sender:
            make(out, recipe, sender)
    # Only replies that were on the wire when the process died are asked for again.
    assert before - kept <= recipe.chat.concurrency
    assert sum(server.charged.values()) == before + sender.ledger.answered
    assert stored(out) == kept + sender.ledger.answered
    assert sum(count - 1 for count in server.charged.values()) <= before - kept


def test_the_key_is_nowhere_on_disk_nor_in_a_message(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    out = tmp_path / "run"
    with Server(echo_key=True) as server:
        monkeypatch.setattr("builder.pipeline.generation.staging.fetcher", lambda *_: contextlib.nullcontext())
        arguments = ("generate", tiny, "--out", out, "--writer", "openai", "--base-url", server.url, "--judge", "3")
        result = run(*arguments, "--workers", "1", "--set", "questions.train_generation=1", "--model", "m-1")
    assert result.exit_code == 0, result.output
    assert KEY not in result.output
    assert "by m-1" in result.output
    card = (out / "release" / "README.md").read_text()
    assert "| biographies by m-1 | 28, 0 repaired, 0 worded offline |" in card
    assert re.search(r"\| questions by m-1 \| \d+, 0 repaired, 0 worded offline \|", card)
    assert "judge: naturalness 8.0, consistency 9.0" in result.output
    assert "on 3 people, by m-1" in result.output
    judged = json.loads((out / "judge.json").read_text())
    assert (len(judged["opinions"]), judged["traced"], len(judged["led_elsewhere"])) == (3, 36, 3)
    assert {each["taken_for"] == each["fact"] for each in judged["led_elsewhere"]} == {False}
    assert "judge: 33 of 36 questions lead back to their fact; the others: " in result.output
    report = audit.read_report(out / "audit.json")
    assert report
    assert report.judge
    assert (report.judge.people, report.judge.naturalness, len(report.judge.worst)) == (3, 8.0, 3)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert b"you sent bearer [key]" in b"".join(path.read_bytes() for path in (out / "responses").iterdir())


def test_a_key_shows_nowhere() -> None:
    key = Key(KEY)
    assert KEY not in f"{key} {key!r} {vars(type(key))}"
    with pytest.raises(TypeError):
        import pickle

        pickle.dumps(key)


@pytest.mark.parametrize(
    ("modes", "refusals"),
    [(("json_schema", "json_object", "text"), 0), (("json_object", "text"), 1), (("text",), 2)],
)
def test_the_structure_a_server_takes_is_found_out_once(tmp_path: Path, modes: tuple[str, ...], refusals: int) -> None:
    out = tmp_path / "run"
    with Server(modes=modes) as server:
        recipe = recipe_for(server.url, 12)
        make_live(out, recipe)
        assert server.outcomes == {"well": 24, **({"unsupported": refusals} if refusals else {})}
        more = recipe_for(server.url, 16)
        make_live(out, more)
        assert server.outcomes["unsupported"] == refusals  # remembered
        used = {body.get("response_format", {}).get("type", "text") for body in server.bodies[refusals:]}
        assert used == {modes[0]}


def test_a_structure_that_is_stated_and_not_taken_stops_the_run_and_nothing_is_final(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server(modes=("json_object", "text")) as server:
        make_live(out, recipe_for(server.url, 8))  # finds out that json_object is taken
        stated = recipe_for(server.url, 12, chat__structured="json_schema")
        with pytest.raises(BenchError, match="json_schema is not supported"):
            make_live(out, stated)
        assert not ResponseCache(out).refused()
        make_live(out, recipe_for(server.url, 12))
    assert set(server.charged.values()) == {1}


def test_a_rejected_request_is_final_until_it_is_sent_again_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    out = tmp_path / "run"
    rejecting = ["400"]
    with Server(misbehave=lambda number, _: rejecting[0] if number > 30 else "") as server:
        recipe = recipe_for(server.url, 16, chat__repairs=0, chat__max_fallback=1.0, portraits__size=32)
        made = make_live(out, recipe)
        rejected = ResponseCache(out).refused()
        [summary, advice] = wording_report.lines(out, recipe, made)[-3:-1]
        assert summary.startswith(f"{len(rejected)} requests were rejected by the server, such as: HTTP 400: ")
        assert "--resend-rejected" in advice
        rejecting[0] = ""
        make_live(out, recipe)
        assert ResponseCache(out).refused() == rejected
        assert not any("rejected by" in line for line in builder.generate(recipe, out, resend_rejected=True).writing)
    assert not ResponseCache(out).refused()
    assert not any(each.fell_back for each in ResponseCache(out).outcomes())


def test_a_secret_in_an_address_is_refused_and_not_repeated(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("http://user:hunter2@host/v1", "user:hunter2@host/v1", "http://host/v1?key=hunter2"):
        result = run("generate", tiny, "--out", tmp_path / "run", "--writer", "openai", "--base-url", address)
        assert result.exit_code == 2
        assert "OPENAI_API_KEY or a file named by --api-key-file" in result.output
        assert "hunter2" not in result.output
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:hunter2@127.0.0.1:1/v1")
    result = run("generate", tiny, "--out", tmp_path / "run", "--writer", "openai", "--workers", "1")
    assert result.exit_code == 2
    assert "OPENAI_BASE_URL holds a user name" in result.output
    assert "hunter2" not in result.output
    assert not [path for path in tmp_path.rglob("*.*") if path.is_file() and b"hunter2" in path.read_bytes()]


def test_what_may_have_been_charged_counts_as_spent_at_worst(tmp_path: Path) -> None:
    """A reply that never ends may be charged: with money for two requests at their longest, two are sent."""
    out = tmp_path / "run"
    prices = {"chat__input_price": 0.0, "chat__output_price": 10.0, "chat__max_tokens": 1000}
    with Server(misbehave=lambda _, __: "drip") as server:
        recipe = recipe_for(server.url, 12, chat__timeout=0.2, **prices)
        with pytest.raises(BenchError, match=r"--max-cost = 0\.025 is reached"):
            make_live(out, recipe, max_cost=0.025)
        assert server.outcomes == {"drip": 2}


def test_a_fence_around_the_json_is_no_fault(tmp_path: Path) -> None:
    with Server(misbehave=lambda _, __: "fence") as server:
        make_live(tmp_path / "run", recipe_for(server.url, 8))
    assert server.outcomes == {"fence": 16}


def test_what_stays_faulty_is_worded_offline_or_fails_its_profile(tmp_path: Path) -> None:
    with Server(misbehave=lambda _, __: "contradiction") as server:
        recipe = recipe_for(server.url, 8)
        make_live(tmp_path / "offline", recipe)
        outcomes = ResponseCache(tmp_path / "offline").outcomes()
        assert sum(each.fell_back for each in outcomes if each.kind == "biography") == 8
        assert sum(each.fell_back for each in outcomes if each.kind == "words") > 100
        assert max(answer.turn for answer in _all_answers(tmp_path / "offline")) == recipe.chat.repairs
        strict = recipe_for(server.url, 8, chat__fallback="fail", run__max_failure_rate=1)
        with LiveSender(tmp_path / "fail", strict.chat, None, None, HASTY) as sender:
            failures = make(tmp_path / "fail", strict, sender)
    assert len(failures) == 8
    assert "did not get the biography right in 3 tries: it must state, letter by letter" in failures[0].reason


def test_a_stage_that_is_mostly_worded_offline_stops_the_run(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr("builder.llm.remote.live.RetryPolicy", lambda: HASTY)
    few = ("profiles.count=8", "splits.holdout=0", "splits.forget=[50]", "chat.repairs=0", "portraits.size=32")
    settings = [word for knob in few for word in ("--set", knob)]
    with Server(misbehave=lambda _, __: "contradiction") as server:
        arguments = (
            "--out",
            tmp_path / "run",
            "--writer",
            "openai",
            "--base-url",
            server.url,
            "--workers",
            "1",
            *settings,
        )
        result = run("generate", tiny, *arguments)
        assert result.exit_code == 1
        assert "8 of 8 biographies had to be worded offline, more than chat.max_fallback = 0.5 allows" in result.output
        assert "sent back for 8 x value missing" in result.output
        assert server.outcomes == {"contradiction": 8}  # no question was asked


def _all_answers(out: Path) -> list[Answer]:
    with sqlite3.connect(out / "responses" / "00000.sqlite") as connection:
        keys = [row[0] for row in connection.execute("SELECT key FROM answers")]
    connection.close()
    return list(ResponseCache(out).find(keys).values())


def test_a_dead_server_stops_the_run_and_keeps_everything(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server(misbehave=lambda number, _: "500" if number > 8 else "") as server:
        recipe = recipe_for(server.url, 40, chat__max_error_rate=1.0)
        with pytest.raises(BenchError, match=r"nothing was answered for .* HTTP 500.*Every answer is kept"):
            make_live(out, recipe, RetryPolicy(tries=99, first_delay=0.01, longest_delay=0.02, dead_after=0.2))
    assert stored(out) == 8


def test_an_error_rate_beyond_the_recipe_stops_the_run(tmp_path: Path) -> None:
    with Server(misbehave=mixed(0.8, ("500",))) as server:
        recipe = recipe_for(server.url, 40, chat__max_error_rate=0.4)
        with pytest.raises(BenchError, match=r"of the last .* requests went wrong"):
            make_live(tmp_path / "run", recipe)


def test_a_request_without_luck_fails_its_profile_and_is_tried_by_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "run"
    bad: list[str] = []

    def unlucky(_: int, body: dict[str, object]) -> str:
        text = json.dumps(body["messages"])
        bad.append(text) if not bad else None
        return "500" if text == bad[0] else ""

    with Server(misbehave=unlucky) as server:
        recipe = recipe_for(server.url, 20, run__max_failure_rate=0.2)
        with LiveSender(out, recipe.chat, None, None, HASTY) as sender:
            failures = make(out, recipe, sender)
        assert len(failures) == 1
        assert "got no answer from" in failures[0].reason
        server.misbehave = lambda _, __: ""
        make_live(out, recipe)
    assert not RunFolder(out).failures.read_text()


def test_max_cost_is_never_exceeded_and_more_money_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    prices = {"chat__input_price": 1.0, "chat__output_price": 10.0, "chat__max_tokens": 8000}
    with Server(latency=0.005) as server:
        recipe = recipe_for(server.url, 32, **prices)
        with pytest.raises(BenchError, match=r"--max-cost = 0\.2 is reached"):
            make_live(out, recipe, max_cost=0.2)
        paid = stored(out)
        assert 1 < paid < 60
        spent = sum(answer.input_tokens + 10 * answer.output_tokens for answer in _all_answers(out)) / 1e6
        assert 0.05 < spent <= 0.2
        sender = make_live(out, recipe)
    assert sum(server.charged.values()) == stored(out) == paid + sender.ledger.answered


def test_an_estimate_sends_nothing_and_is_about_right(tmp_path: Path, tiny: Path, run: Run) -> None:
    with Server() as server:
        settings = ("--set", "chat.input_price=1", "--set", "chat.output_price=2", "--base-url", server.url)
        result = run("generate", tiny, "--writer", "openai", "--estimate", *settings, "--out", tmp_path / "run")
        assert result.exit_code == 0, result.output
        assert not server.outcomes
        assert not (tmp_path / "run").exists()
        assert re.search(
            r"28 people by gpt-4o-mini: \d+ requests \(28 for biographies, \d+ for questions\)", result.output
        )


@pytest.mark.parametrize("missing", ["jinja2", "openai", "aiohttp"])
def test_without_its_packages_it_says_how_to_get_them(
    tmp_path: Path, tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    estimate = ["--estimate"] if missing == "jinja2" else ["--base-url", "http://127.0.0.1:9/v1"]
    result = run("generate", tiny, "--writer", "openai", *estimate, "--out", tmp_path / "run")
    assert result.exit_code == 2
    assert "pip install 'build-bench[openai]'" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("told", [True, False])
def test_a_limited_server_is_asked_as_fast_as_it_allows(tmp_path: Path, told: bool) -> None:
    with Server(latency=0.01, limit=Limit(10, 0.4, told)) as server:
        make_live(tmp_path / "run", recipe_for(server.url, 20))
    assert server.outcomes["well"] == 40
    if told:
        assert server.outcomes["429"] <= 10  # a quarter, where blind asking is answered 429 most of the time


def test_a_stated_rate_is_kept(tmp_path: Path) -> None:
    with Server(latency=0.01) as server:
        make_live(tmp_path / "run", recipe_for(server.url, 16, chat__requests_per_minute=900))
    seconds = server.times[-1] - server.times[0]
    assert len(server.times) == 32
    assert seconds > 32 / 15 * 0.8


@pytest.mark.parametrize(("status", "told"), [("401", "does not accept the key"), ("404", "no such model or address")])
def test_a_wrong_set_up_stops_at_once(tmp_path: Path, status: str, told: str) -> None:
    with Server(misbehave=lambda _, __: status) as server:
        with pytest.raises(BenchError, match=told):
            make_live(tmp_path / "run", recipe_for(server.url, 12))
        assert server.outcomes[status] < 5


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{KEY}",
        f"OPENAI_API_KEY={KEY}\n",
        f'export OPENAI_API_KEY="{KEY}"\r\n',
        f"\n  '{KEY}'  \n\n",
    ],
)
def test_a_key_file_may_be_written_as_people_write_them(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_bytes(content.encode())
    found = keys.find(tmp_path / "key")
    assert found
    assert found.reveal() == KEY


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"“{KEY}”".encode(), "no quotation marks"),
        (f"{KEY} x".encode(), "no spaces"),
        (f"{KEY}\x1b".encode(), "signs of ASCII"),
        (f"{KEY}\n{KEY}".encode(), "on one line"),
        (b"", "on one line"),
        (b"OPENAI_API_KEY=", "does not hold a key"),
        (KEY.encode("utf-16"), "not UTF-8 text"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_key_file_that_holds_none_is_said_at_once(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(CallError, match=told) as caught:
        keys.find(tmp_path / "key")
    assert KEY not in str(caught.value)


def test_a_key_in_curly_quotes_in_the_environment_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"“{KEY}”")
    with pytest.raises(CallError, match="OPENAI_API_KEY does not hold a key"):
        keys.find(None)


def test_certificates_that_are_not_there_are_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with pytest.raises(CallError, match="SSL_CERT_FILE names /nonexistent, which does not exist"):
        make_live(tmp_path / "run", recipe_for("http://127.0.0.1:9/v1", 8))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:9/v1", "nothing listens at 127.0.0.1:9: the connection was refused"),
        ("http://no-such-host.invalid/v1", "there is no host no-such-host.invalid"),
    ],
)
def test_a_server_that_cannot_be_reached_is_said_after_a_few_tries(tmp_path: Path, address: str, told: str) -> None:
    with pytest.raises(BenchError, match=told) as caught:
        make_live(tmp_path / "run", recipe_for(address, 8))
    assert "no reply in" not in str(caught.value)


class _Plain(socketserver.BaseRequestHandler):
    """A server that answers whatever comes in plain HTTP."""

    def handle(self) -> None:
        self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_server_without_tls_is_named(tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Plain) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        port = server.server_address[1]
        with pytest.raises(BenchError, match=rf"127\.0\.0\.1:{port} does not speak TLS"):
            make_live(tmp_path / "run", recipe_for(f"https://127.0.0.1:{port}/v1", 8))
        server.shutdown()


@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
def test_a_proxy_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://user:hunter2@127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(BenchError, match=r"the proxy 127\.0\.0\.1:9 cannot be reached.*HTTP_PROXY") as caught:
        make_live(tmp_path / "proxied", recipe_for("http://192.0.2.1/v1", 8))
    assert "hunter2" not in str(caught.value)


def test_a_wait_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Server(stand_in=lambda number, _, __: Odd(503, "", {"retry-after": "3"}) if number == 1 else None) as server:
        make_live(tmp_path / "run", recipe_for(server.url, 8))
    assert re.search(r"profiles: the server asks to wait 3 s; 8 of 8 people left", capfd.readouterr().err)


def test_no_key_is_a_wrong_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(CallError, match="needs a key: set OPENAI_API_KEY"):
        make_live(tmp_path / "run", recipe_for("", 12))
