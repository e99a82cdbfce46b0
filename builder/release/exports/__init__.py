"""A release in the layouts of tools that people use already: one module a layout, each with a `write`."""

import importlib
from collections.abc import Callable
from pathlib import Path

from builder.base.errors import CallError
from builder.format.reading import Release
from builder.release.texts import refuse_odd_texts
from builder.run.files import left_by_tools, replacing_folder

LAYOUTS = {
    "mllmu": "MLLMU-Bench's folders, for its evaluation and training code",
    "umu": "UMU-Bench's folders and literals",
    "tofu": "TOFU's rows, for OpenUnlearning",
    "llava": "LLaVA conversations, for LLaVA, ms-swift and LLaMA-Factory",
    "trl": "TRL's messages with images",
    "vlmeval": "VLMEvalKit's TSV files",
    "lmms-eval": "lmms-eval tasks with their data",
    "inspect": "Inspect tasks with their data",
}
"""The layouts by name, and whose they are."""


def export(release: Release, layout: str, folder: Path) -> list[str]:
    """Write a release to `folder` in one of LAYOUTS, whole or not at all; return what its users should know.

    Raises CallError for another layout, or when the folder holds something already.
    """
    if layout not in LAYOUTS:
        raise CallError(f"There is no layout '{layout}'; there are {', '.join(LAYOUTS)}.")
    if folder.exists() and (not folder.is_dir() or not all(left_by_tools(entry.name) for entry in folder.iterdir())):
        raise CallError(f"{folder} holds something already; choose a new or empty folder for --to.")
    refuse_odd_texts(release)
    module = importlib.import_module(f"builder.release.exports.{layout.replace('-', '_')}")
    write: Callable[[Release, Path, Path], list[str]] = module.write
    with replacing_folder(folder.absolute()) as temporary:
        return write(release, temporary, folder.absolute())
