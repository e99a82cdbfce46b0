"""Code that exports hand out: each file is copied as it stands and works where build-bench is not installed.

The functions that score answers come along too, in the files that hold them (`Task.figures`).
"""

import inspect
import shutil
from collections.abc import Iterable
from pathlib import Path

from builder.tasks import Task
from builder.tasks.scoring import Score


def hand_out(file: str, to: Path) -> None:
    """Copy one of this folder's files to `to`."""
    shutil.copyfile(Path(__file__).with_name(file), to)


def hand_out_scoring(tasks: Iterable[Task], folder: Path) -> None:
    """Copy the files that hold the figures of `tasks` into `folder`."""
    for figure in {figure for task in tasks for figure in task.figures}:
        shutil.copyfile(inspect.getfile(figure), folder / f"{_module(figure)}.py")


def figures_of(task: Task) -> list[str]:
    """The task's figures, each as the name of its file and its own: "builder_tasks_scoring.cloze"."""
    return [f"{_module(figure)}.{figure.__name__}" for figure in task.figures]


def _module(figure: Score) -> str:
    return figure.__module__.replace(".", "_")
