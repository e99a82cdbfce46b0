"""Painters and writers: named in a recipe, built in or from another package."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.base.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Maker:
    """What a run must know of a painter or a writer before it makes anything.

    `what` says in a line what it is. What it makes depends on `recipe_parts` of the recipe, on bundled `files`, listed
    by stage, and on the versions of the packages `libraries`; that of the package it comes from counts anyway.
    `model_key` is the setting that names its model ("diffusion.model"), which must not be empty; "" for none.
    """

    what: str
    recipe_parts: tuple[str, ...] = ()
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    libraries: tuple[str, ...] = ()
    model_key: str = ""


PAINTERS: Registry[Maker] = Registry(
    "painter",
    "build_bench.painters",
    {"offline": ("builder.portraits.drawn:OFFLINE", ""), "diffusers": ("builder.portraits.diffusion:DIFFUSERS", "")},
    must_be="an instance of builder.portraits.PainterSpec",
    fits=lambda found: isinstance(found, Maker),
    about=lambda found: found.what,
)
WRITERS: Registry[Maker] = Registry(
    "writer",
    "build_bench.writers",
    {"offline": ("builder.llm.offline_writer:OFFLINE", ""), "openai": ("builder.llm.chat_writer:OPENAI", "")},
    must_be="an instance of builder.llm.writer.WriterSpec",
    fits=lambda found: isinstance(found, Maker),
    about=lambda found: found.what,
)
