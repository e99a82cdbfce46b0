"""The portraits stage of a run: who paints, where finished pictures are kept, and who is repainted."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, place_of
from builder.portraits import resemblance
from builder.portraits.checks import PortraitRefused
from builder.portraits.making import make_portraits, portraits_from
from builder.portraits.painter import Order, painter_spec
from builder.portraits.shelf import Shelf
from builder.run import remaking
from builder.run.fetching import Fetcher
from builder.run.folder import RunFolder
from builder.run.made_on import MadeOn
from builder.run.near_duplicates import NearDuplicateRule
from builder.run.stage import Make, ShardPlace, Stage, digest


def _compared(portrait: Mapping[str, Any]) -> str:
    """The digest of a picture to compare; empty for all but references: other views may share pose and place."""
    return portrait["sha256"] if portrait["view"] == "reference" else ""


def _distance(recipe: Recipe) -> int:
    return recipe.portraits.apart


APART = NearDuplicateRule(
    columns=("profile_id", "view", "sha256"),
    key=_compared,
    perceptual_hash=resemblance.hash_portrait,
    distance=_distance,
)
"""No two people's references may look alike."""


def prepare(stage: Stage, place: ShardPlace, recipe: Recipe) -> Make:
    """The function that makes a person's portraits: paints them at once, or takes them from the studio's shelf."""
    open_painter = painter_spec(recipe.portraits.painter).open
    painter = open_painter(recipe) if open_painter else None
    setting = digest(stage.basis(recipe))
    shelf_path = RunFolder(place.folder).unfinished(stage.name, place.index)

    def make(_: int, profile: Profile) -> list[Portrait]:
        casting = remaking.times_of(place.folder, stage, recipe, profile)
        if casting >= APART.limit:
            raise PortraitRefused(
                f"portraits of {profile.id}: cast {casting} times, and looked like a person of a lower number "
                "each time; set a smaller portraits.apart, or another seed."
            )
        if painter is not None:
            return make_portraits(profile, recipe, painter, casting)
        with Shelf(shelf_path, setting) as shelf:
            return portraits_from(shelf, profile, recipe, casting)

    return make


def fetcher(stage: Stage, folder: Path, recipe: Recipe) -> AbstractContextManager[Fetcher | None]:
    """The studio that paints what the stage asks for; none if the worker processes paint."""
    studio = painter_spec(recipe.portraits.painter).studio
    if studio is None:
        return nullcontext()
    shelf_of, setting = partial(_shelf_of, folder, stage, recipe), digest(stage.basis(recipe))
    return studio(recipe, shelf_of, setting, MadeOn(folder / stage.name))


def _shelf_of(folder: Path, stage: Stage, recipe: Recipe, order: Order) -> Path:
    return RunFolder(folder).unfinished(stage.name, place_of(order.profile_id) // recipe.run.shard_size)
