"""What the command `compare` does: read, check, write."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.base.errors import CallError
from builder.baseline.comparing import eval_results
from builder.baseline.comparing import runs as reading
from builder.baseline.comparing.leaderboard import leaderboard, markdown
from builder.baseline.report.page import ASSETS as REPORT
from builder.pages.embedding import ASSETS as SHARED
from builder.pages.embedding import fill, to_json
from builder.run.files import write_text

ASSETS = Path(__file__).with_name("assets")
TITLE = "Baselines side by side"


@dataclass(frozen=True)
class Comparison:
    """The leaderboard, the content of leaderboard.json, and its page. Printed, it is the Markdown table.

    `eval_results` is the folder of the Hub's evaluation results, if they were asked for.
    """

    board: Mapping[str, Any]
    page: Path
    eval_results: Path | None = None

    def __str__(self) -> str:
        told = f"{markdown(self.board)}\nLeaderboard: {self.page}, leaderboard.md, leaderboard.json"
        return f"{told}\nFor the models' repositories: {self.eval_results}" if self.eval_results else told


def compare(folders: Sequence[Path], out: Path, *, mix: bool, dataset: str | None = None) -> Comparison:
    """Write the leaderboard of these runs to `out`, and with `dataset` the Hub's evaluation results on that dataset.

    Raises CallError for runs that are not comparable, unless `mix`.
    """
    if not folders:
        raise CallError("Name at least one baseline run.")
    if dataset is not None:
        eval_results.check_dataset(dataset)
    found = reading.read(folders)
    if not mix:
        reading.check_comparable(found)
    board = leaderboard(found)
    write_text(out / "leaderboard.json", json.dumps(board, indent=1, ensure_ascii=False) + "\n")
    write_text(out / "leaderboard.md", f"# {TITLE}\n\n{markdown(board)}")
    write_text(out / "leaderboard.html", page(board))
    if dataset is None:
        return Comparison(board, out / "leaderboard.html")
    eval_results.write(found, dataset, out / "eval_results")
    return Comparison(board, out / "leaderboard.html", out / "eval_results")


def page(board: Mapping[str, Any]) -> str:
    """The page: it opens from the disk and loads nothing."""
    return fill(
        ASSETS / "leaderboard.html",
        styles=(SHARED / "base.css", SHARED / "charts.css", REPORT / "overview.css", ASSETS / "leaderboard.css"),
        code=(SHARED / "core.js", ASSETS / "leaderboard.js"),
        parts={"title": html.escape(TITLE), "board": to_json(board)},
    )
