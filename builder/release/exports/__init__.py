"""A release in the layouts of tools that people use already: one module a layout, each with a `write`."""

from pathlib import Path
from typing import Protocol

from builder.base.errors import CallError
from builder.base.registry import Registry
from builder.format.reading import Release
from builder.release.texts import refuse_odd_texts
from builder.run.files import left_by_tools, replacing_folder


class Layout(Protocol):
    """Writes a release in the layout of a tool: any function that takes these three."""

    def __call__(self, release: Release, folder: Path, to: Path, /) -> list[str]:
        """Write into `folder`, which is empty and will stand at `to`; return what users should know, a clause each."""
        ...


_HERE = "builder.release.exports"
LAYOUTS: Registry[Layout] = Registry(
    "layout",
    "build_bench.layouts",
    {
        "mllmu": (f"{_HERE}.mllmu:write", "MLLMU-Bench's folders, for its evaluation and training code"),
        "umu": (f"{_HERE}.umu:write", "UMU-Bench's folders and literals"),
        "tofu": (f"{_HERE}.tofu:write", "TOFU's rows, for OpenUnlearning"),
        "llava": (f"{_HERE}.llava:write", "LLaVA conversations, for LLaVA, ms-swift and LLaMA-Factory"),
        "trl": (f"{_HERE}.trl:write", "TRL's messages with images"),
        "vlmeval": (f"{_HERE}.vlmeval:write", "VLMEvalKit's TSV files"),
        "lmms-eval": (f"{_HERE}.lmms_eval:write", "lmms-eval tasks with their data"),
        "inspect": (f"{_HERE}.inspect:write", "Inspect tasks with their data"),
    },
    must_be="a function of a release, the folder to write into and the place where it will stand",
    fits=callable,
)
"""The layouts by name, and whose they are."""
_PICTURED = ("mllmu", "umu", "vlmeval")
"""Those that show a picture of everybody."""


def export(release: Release, layout: str, folder: Path) -> list[str]:
    """Write a release to `folder` in one of LAYOUTS, whole or not at all; return what its users should know.

    Raises CallError for another layout, or when the folder holds something already.
    """
    write = LAYOUTS.get(layout)
    if folder.exists() and (not folder.is_dir() or not all(left_by_tools(entry.name) for entry in folder.iterdir())):
        raise CallError(f"{folder} is not empty; choose a new or empty folder for --to.")
    if layout in _PICTURED and (reason := release.why_not(("portraits",))):
        raise CallError(f"The layout {layout} is {reason}: {release.path}.")
    if not release.is_imported:  # the texts of others are passed on as they are
        refuse_odd_texts(release)
    with replacing_folder(folder.absolute()) as temporary:
        return write(release, temporary, folder.absolute())
