"""People to be painted in these tests."""

import dataclasses
import random
from typing import Any

from builder.base.recipe import PortraitsPart, Recipe
from builder.base.records import AGE_GROUPS, GENDERS, AgeGroup, Appearance, Gender, Profile, View
from builder.portraits import OfflinePainter, Order, words
from builder.portraits.views import scene

PLAIN = Appearance(
    skin_tone="olive",
    face_shape="oval",
    hair_colour="brown",
    hair_style="short cropped hair",
    eye_colour="hazel",
    facial_hair="none",
    glasses="none",
    marks=(),
)


def recipe(seed: int = 3, **portraits: Any) -> Recipe:
    """A recipe with these settings of its portraits; small ones unless said otherwise."""
    return Recipe(seed=seed, portraits=PortraitsPart(**{"size": 48, **portraits}))


def somebody(number: int = 0) -> Profile:
    """A person whose looks are drawn from all that there are, another one for every number."""
    rng = random.Random(number)
    gender: Gender = rng.choice(GENDERS)
    return Profile(
        quartet=0,
        id=f"{number:05d}",
        name="Ada Example",
        given_name="Ada",
        family_name="Example",
        gender=gender,
        age_group=rng.choice(AGE_GROUPS),
        locale="en_GB",
        facts=(),
        appearance=words.random_appearance(gender, rng),
        biography="",
    )


def order(
    number: int = 0,
    view: View = "reference",
    index: int = 0,
    *,
    size: int = 48,
    gender: Gender | None = None,
    age_group: AgeGroup | None = None,
    scenery: dict[str, str] | None = None,
    seed: int = 3,
    **looks: Any,
) -> Order:
    """An order for one picture of `somebody(number)`, with other looks or another scene where they are given."""
    profile = somebody(number)
    return Order(
        profile_id=profile.id,
        gender=gender or profile.gender,
        age_group=age_group or profile.age_group,
        appearance=dataclasses.replace(profile.appearance, **looks),
        scene=dataclasses.replace(scene(seed, profile.id, view, index), **(scenery or {})),
        view=view,
        index=index,
        size=size,
        seed=seed,
    )


def drawn(asked: Order) -> bytes:
    """The pixels that the offline painter draws for an order."""
    return OfflinePainter().paint([asked])[0].tobytes()
