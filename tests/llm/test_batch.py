"""The Batch API: submitting, waiting, sending again, and going on after a restart."""

import time
from pathlib import Path

import pytest

from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.llm.remote.batch import BatchSender
from builder.llm.response_cache import ResponseCache
from tests.llm.runs import HASTY, make, make_live, recipe_for
from tests.llm.server import Server
from tests.llm.test_live import records


def make_by_batch(out: Path, recipe: Recipe, max_cost: float | None = None) -> BatchSender:
    with BatchSender(out, recipe.chat, None, max_cost, HASTY, poll=0.01) as sender:
        make(out, recipe, sender)
    return sender


def test_a_run_by_batch_has_the_words_of_a_live_run(tmp_path: Path) -> None:
    with Server() as server:
        recipe = recipe_for(server.url, 12, chat__input_price=1, chat__output_price=1)
        batch = make_by_batch(tmp_path / "batch", recipe)
        live = make_live(tmp_path / "live", recipe)
    assert records(tmp_path / "batch") == records(tmp_path / "live")
    assert len(server.batches) == 2  # one a stage
    assert batch.ledger.spent == pytest.approx(live.ledger.spent / 2)
    assert not ResponseCache(tmp_path / "batch").batches()


def test_expired_and_failed_rows_are_sent_again(tmp_path: Path) -> None:
    faults = {0: "expired", 1: "failed", 4: "expired"}
    with Server() as server:
        server.batch_faults = lambda row: faults.pop(row, "")
        make_by_batch(tmp_path / "run", recipe_for(server.url, 12))
    assert server.outcomes == {"batch well": 24, "batch expired": 2, "batch failed": 1}
    assert len(server.batches) == 3
    assert set(server.charged.values()) == {1}


def test_rows_that_never_come_back_fail_their_profiles(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server() as server:
        server.batch_faults = lambda row: "failed" if row == 0 else ""
        recipe = recipe_for(server.url, 12, run__max_failure_rate=0.5)
        with BatchSender(out, recipe.chat, None, None, HASTY, poll=0.01) as sender:
            failures = make(out, recipe, sender)
    assert failures
    assert "batches returned no answer" in failures[0].reason


def test_a_restarted_run_waits_for_the_batch_it_submitted(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server() as server:
        recipe = recipe_for(server.url, 12)
        with (
            pytest.raises(BenchError, match="run is stopped"),
            BatchSender(out, recipe.chat, None, None, HASTY, poll=30) as sender,
        ):
            _stop_when_submitted(sender, server)
            make(out, recipe, sender)
        assert len(server.batches) == 1
        assert [batch.batch for batch in ResponseCache(out).batches()] == ["batch-0"]
        make_by_batch(out, recipe)
    assert len(server.batches) == 2
    assert set(server.charged.values()) == {1}


def _stop_when_submitted(sender: BatchSender, server: Server) -> None:
    """Stands in for a kill: the sender is told to stop as soon as the server has a batch."""
    import threading

    def watch() -> None:
        while not any(batch["status"] == "in_progress" for batch in server.batches.values()):
            time.sleep(0.005)
        sender._stopped.set()

    threading.Thread(target=watch, daemon=True).start()


def test_a_batch_whose_id_was_lost_is_found_by_its_label(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with Server() as server:
        recipe = recipe_for(server.url, 12)
        with (
            pytest.raises(BenchError, match="run is stopped"),
            BatchSender(out, recipe.chat, None, None, HASTY, poll=30) as sender,
        ):
            _stop_when_submitted(sender, server)
            make(out, recipe, sender)
        answers = ResponseCache(out)
        [batch] = answers.batches()
        answers.keep_batch(type(batch)(batch.label, batch.file, "", batch.keys))
        make_by_batch(out, recipe)
    assert len(server.batches) == 2
    assert set(server.charged.values()) == {1}


def test_a_batch_that_would_cost_too_much_is_not_submitted(tmp_path: Path) -> None:
    with Server() as server:
        recipe = recipe_for(server.url, 12, chat__input_price=10, chat__output_price=10)
        with pytest.raises(BenchError, match=r"--max-cost = 0\.01 is reached"):
            make_by_batch(tmp_path / "run", recipe, max_cost=0.01)
        assert not server.batches


def test_what_is_set_aside_for_a_batch_is_given_back_when_it_is_answered(tmp_path: Path) -> None:
    with Server() as server:
        recipe = recipe_for(server.url, 12, chat__input_price=1, chat__output_price=1)
        sender = make_by_batch(tmp_path / "run", recipe, max_cost=0.2)
    assert len(server.batches) == 2
    assert 0 < sender.ledger.spent < 0.2
    assert sender.ledger.reserve(0.2 - sender.ledger.spent)


@pytest.mark.parametrize("modes", [("json_object", "text"), ("text",)])
def test_a_batch_refused_for_the_structure_it_asks_for_is_put_otherwise(tmp_path: Path, modes: tuple[str, ...]) -> None:
    """All rows of a batch are refused for the same reason: one step down answers for all, and nothing is final."""
    out = tmp_path / "run"
    with Server(modes=modes) as server:
        make_by_batch(out, recipe_for(server.url, 12))
    assert not ResponseCache(out).refused()
    assert set(server.charged.values()) == {1}
    assert len(server.charged) == 24
