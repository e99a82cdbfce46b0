"""Published figures beside ours: a file of them, and their rows in the table of MLLMU-Bench's layout.

    source = "arXiv 2410.22108, table 2: LLaVA-1.5-7B, 5% forget"

    [models.vanilla]
    "Forget Set: Class. Acc (%)" = 51.7
    "Retain Set: Class. Acc (%)" = 46.1

They are what others measured, with other training and other code: they are shown as theirs and compared with nothing.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from builder.base.errors import CallError
from builder.base.settings import first_fault, keys_of
from builder.baseline.report.sections import Table
from builder.baseline.settings import ReferencePart


def read(path: Path, heads: Sequence[str]) -> ReferencePart:
    """The figures in a file, each under one of the table's `heads`. Raises CallError for anything else."""
    try:
        found = ReferencePart.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallError(f"{path} cannot be read as published figures: {error}.") from None
    except ValidationError as error:
        raise CallError(f"{path}: {first_fault(error, keys_of(ReferencePart), 'docs/importing.md')}") from None
    for model, figures in found.models.items():
        for head in figures:
            if head not in heads:
                raise CallError(f"{path}: [models.{model}] has no column '{head}'; there are {', '.join(heads)}.")
    return found


def beside(table: Table, reference: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Table:
    """The table with a row for each published model below ours."""
    published = [
        [f"{model} (published)", *(f"{figures[head]:g}" if head in figures else "–" for head in table[0][1:])]
        for model, figures in reference["models"].items()
    ]
    return [*table, *published]
