"""Outcomes on disk: one Parquet row per item, so that any measure can be recomputed without the model."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.base.errors import BenchError
from builder.baseline.outcomes.records import Item, Outcome, Said
from builder.run.files import replacing

_NUMBERS = pa.list_(pa.float64())
_TEXTS = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "set", "profile_id", "fact", "category", "task", "modality")),
        *((name, pa.string()) for name in ("picture", "prompt", "truth", "value", "letter", "paraphrase")),
        ("wrong", _TEXTS),
        ("candidates", _TEXTS),
        *((name, _TEXTS) for name in ("others", "trained", "held_out", "misstated", "implied_by")),
        *((name, pa.string()) for name in ("control", "other", "other_value", "other_letter")),
        ("output", pa.string()),
        ("letter_log_p", _NUMBERS),
        ("option_log_p", _NUMBERS),
        ("truth_log_p", _NUMBERS),
        ("truth_right", pa.list_(pa.bool_())),
        ("truth_scores", _NUMBERS),
        ("paraphrase_nll", pa.float64()),
        ("wrong_nll", _NUMBERS),
        ("candidate_nll", _NUMBERS),
        ("ending", pa.string()),
        ("fluency", pa.float64()),
    ]
)
"""An item's columns, then the model's: what docs/baseline.md says of results.parquet."""
_ITEM = [field.name for field in fields(Item)]
_LISTS = [name for name in _ITEM if SCHEMA.field(name).type == _TEXTS]
_MARKS = pa.schema([("factuality", pa.int8()), ("relevance", pa.int8())])
"""What a judge adds in results.parquet; its answers stand beside the stored outcomes, which do not change."""


def write_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write outcomes atomically."""
    table = pa.Table.from_pylist([row(outcome) for outcome in outcomes], schema=SCHEMA)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_outcomes(path: Path) -> list[Outcome]:
    """The outcomes in a file. Raises BenchError if they cannot be read, or lack what is asked today."""
    try:
        table = pq.read_table(path)
        if missing := set(SCHEMA.names) - set(table.column_names):
            raise BenchError(
                f"{path} was written by an older build-bench and lacks '{min(missing)}': its models must be asked "
                "again. Use --fresh to start over, or --out for another folder."
            )
        return [_outcome(each) for each in table.to_pylist()]
    except (OSError, pa.ArrowException) as error:
        raise BenchError(f"{path} cannot be read: {error}. Delete it to have it made again.") from error


def row(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a flat row of `SCHEMA`."""
    return {
        **asdict(outcome.item),
        "output": outcome.output,
        "letter_log_p": list(outcome.letters),
        "option_log_p": list(outcome.options),
        "truth_log_p": list(outcome.truth.log_p),
        "truth_right": list(outcome.truth.right),
        "truth_scores": list(outcome.truth.scores),
        "paraphrase_nll": outcome.paraphrase,
        "wrong_nll": list(outcome.wrong),
        "candidate_nll": list(outcome.candidates),
        "ending": outcome.ending,
        "fluency": outcome.fluency,
    }


def _outcome(stored: dict[str, Any]) -> Outcome:
    item = {name: stored[name] for name in _ITEM} | {name: tuple(stored[name]) for name in _LISTS}
    truth = Said(*(tuple(stored[name]) for name in ("truth_log_p", "truth_right", "truth_scores")))
    return Outcome(
        item=Item(**item),
        output=stored["output"],
        letters=tuple(stored["letter_log_p"]),
        options=tuple(stored["option_log_p"]),
        truth=truth,
        paraphrase=stored["paraphrase_nll"],
        wrong=tuple(stored["wrong_nll"]),
        candidates=tuple(stored["candidate_nll"]),
        ending=stored["ending"],
        fluency=stored["fluency"],
    )


def combine(parts: Iterable[tuple[int, str, Sequence[Outcome]]], path: Path) -> None:
    """The outcomes of all parts (seed, model, outcomes) in one file, with the judge's marks."""
    schema = pa.schema([("seed", pa.int64()), ("model", pa.string()), *SCHEMA, *_MARKS])
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        for seed, model, outcomes in parts:
            marks = ({name: getattr(each, name) for name in _MARKS.names} for each in outcomes)
            labels = {"seed": seed, "model": model}
            rows = [{**labels, **row(each), **mark} for each, mark in zip(outcomes, marks, strict=True)]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
