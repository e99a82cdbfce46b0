"""A recipe as a stage sees it: the parts that the stage declares, and an error for every other one."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from builder.base.errors import BenchError
from builder.base.recipe import Recipe


class UndeclaredPart(BenchError):
    """A stage read an undeclared part of the recipe: its shards would wrongly be kept when that part changes."""


def declared(recipe: Recipe, parts: Collection[str], stage: str) -> Recipe:
    """The recipe with `parts` alone. Reading another part, directly or in a property, raises UndeclaredPart."""
    view = _Declared.model_construct(**dict(recipe))
    for part in Recipe.model_fields.keys() - set(parts):
        del view.__dict__[part]
    view._stage = stage
    return view


class _Declared(Recipe):
    """A recipe without the undeclared parts, so that reading the declared ones costs nothing."""

    _stage: str = PrivateAttr("")

    if not TYPE_CHECKING:  # a type checker would let everything be read by any name

        def __getattr__(self, name: str) -> Any:
            if name not in Recipe.model_fields:
                return super().__getattr__(name)
            raise UndeclaredPart(
                f"The stage '{self._stage}' reads '{name}' of the recipe and does not declare it: name it in the "
                "stage's recipe_parts (builder/pipeline/stages.py), so that its shards are made again when it changes."
            )
