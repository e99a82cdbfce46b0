"""Makes the portraits of one person: scenes, painting, checks, encoding."""

import dataclasses
import hashlib
import io
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PIL import Image

from builder.base.recipe import PortraitsPart, Recipe
from builder.base.records import Portrait, Profile
from builder.portraits.checks import PortraitRefused
from builder.portraits.inspection import Inspection, inspection_of
from builder.portraits.painter import Finished, Order, Painter
from builder.portraits.views import scene, views_of
from builder.run.fetching import NotFetched


class PictureSource(Protocol):
    """Where finished pictures come from: painted on the spot, or beforehand by a studio."""

    def finished(self, orders: Sequence[Order]) -> Sequence[Finished | None]:
        """The result of each of `orders`; None for one that is not finished yet."""
        ...


class OnTheSpot:
    """Paints, inspects and encodes each order at once."""

    def __init__(self, painter: Painter, finish: Callable[[Order, Image.Image], Finished]) -> None:
        """Paint with `painter` and pass what it returns to `finish`."""
        self.painter, self.finish = painter, finish

    def finished(self, orders: Sequence[Order]) -> Sequence[Finished | None]:
        """The result of each of `orders`."""
        return [self.finish(*each) for each in zip(orders, painted(orders, self.painter), strict=True)]


def make_portraits(profile: Profile, recipe: Recipe, painter: Painter, casting: int = 0) -> list[Portrait]:
    """Every portrait of one person, painted on the spot: the reference, the train views, the test views.

    If the painter is a pure function of its orders, so is this one: of the profile, of the recipe's seed and
    `portraits` part, and of how often the person was recast for looking like another.
    Raises PortraitRefused if a picture fails its checks in every attempt.
    """
    return portraits_from(
        OnTheSpot(painter, finisher(inspection_of(recipe), recipe.portraits)), profile, recipe, casting
    )


def portraits_from(source: PictureSource, profile: Profile, recipe: Recipe, casting: int = 0) -> list[Portrait]:
    """Every portrait of one person, from `source`. The views are ordered once the reference is accepted.

    Raises PortraitRefused if a picture failed its checks in every attempt, and NotFetched, with the orders, if some are
    not painted yet.
    """
    reference, *views = orders_of(profile, recipe, casting)
    attempts = recipe.portraits.attempts
    accepted = _accepted([reference], source, attempts)
    views = [dataclasses.replace(order, reference=accepted[0]) for order in views]
    images = accepted + _accepted(views, source, attempts)
    return [_portrait(*each, recipe.portraits) for each in zip([reference, *views], images, strict=True)]


def orders_of(profile: Profile, recipe: Recipe, casting: int = 0) -> list[Order]:
    """A person's orders as first attempts: the reference, the train views, the test views."""
    return [
        Order(
            profile_id=profile.id,
            gender=profile.gender,
            age_group=profile.age_group,
            appearance=profile.appearance,
            scene=scene(recipe.seed, profile.id, view, index),
            view=view,
            index=index,
            size=recipe.portraits.size,
            seed=recipe.seed,
            casting=casting,
        )
        for view, index in views_of(recipe.portraits)
    ]


def painted(orders: Sequence[Order], painter: Painter) -> list[Image.Image]:
    """The painter's pictures for `orders`. Raises PortraitRefused unless there is one for each."""
    pictures = painter.paint(orders)
    if len(pictures) != len(orders):
        raise PortraitRefused(
            f"portraits of {orders[0].profile_id}: the painter returned {len(pictures)} pictures "
            f"for {len(orders)} orders."
        )
    return pictures


def finisher(inspection: Inspection, part: PortraitsPart) -> Callable[[Order, Image.Image], Finished]:
    """A function that inspects a picture and encodes it as `part` says."""

    def finish(order: Order, picture: Image.Image) -> Finished:
        fault = inspection.fault(order, picture)
        return Finished(fault=fault) if fault else Finished(encoded(picture, part))

    return finish


def encoded(picture: Image.Image, part: PortraitsPart) -> bytes:
    """The picture in the recipe's format and quality."""
    buffer = io.BytesIO()
    picture.save(buffer, format=part.format.upper(), **_settings(part))
    return buffer.getvalue()


def _settings(part: PortraitsPart) -> dict[str, Any]:
    if part.format == "png":
        return {"compress_level": 6}
    if part.format == "jpeg":
        return {"quality": part.quality, "optimize": True}
    return {"quality": part.quality, "method": 2}


def _accepted(orders: Sequence[Order], source: PictureSource, attempts: int) -> list[bytes]:
    """A sound picture for each order: one that fails a check is ordered again as the next attempt."""
    images: dict[int, bytes] = {}
    missing: list[Order] = []
    waiting = dict(enumerate(orders))
    while waiting:
        again: dict[int, Order] = {}
        for (place, order), finished in zip(waiting.items(), source.finished(list(waiting.values())), strict=True):
            if finished is None:
                missing.append(order)
            elif finished.fault:
                again[place] = _next_attempt(order, finished.fault, attempts)
            else:
                images[place] = finished.image
        waiting = again
    if missing:
        raise NotFetched(missing, f"{len(missing)} portraits of {missing[0].profile_id} are not painted.")
    return [images[place] for place in range(len(orders))]


def _next_attempt(order: Order, reason: str, attempts: int) -> Order:
    if order.attempt + 1 >= attempts:
        raise PortraitRefused(
            f"portrait {_id(order)}: painted {attempts} times, and the last one was refused because it {reason}; "
            "look at the painter's settings, or set another seed."
        )
    return dataclasses.replace(order, attempt=order.attempt + 1)


def _id(order: Order) -> str:
    return f"{order.profile_id}-{order.view}-{order.index}"


def _portrait(order: Order, image: bytes, part: PortraitsPart) -> Portrait:
    return Portrait(
        id=_id(order),
        profile_id=order.profile_id,
        view=order.view,
        index=order.index,
        scene=order.scene,
        width=order.size,
        height=order.size,
        format=part.format,
        sha256=hashlib.sha256(image).hexdigest(),
        image=image,
    )
