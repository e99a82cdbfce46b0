"""Making one profile: a pure function of the seed, the recipe's profiles part and the profile's number."""

from dataclasses import replace

from builder.base.errors import BenchError
from builder.base.randomness import stream
from builder.base.recipe import FOUR, Recipe
from builder.base.records import Profile
from builder.llm.writer import Writer
from builder.profiles import persona
from builder.profiles.appearance import draw_appearance
from builder.profiles.contact import has_area_codes
from builder.profiles.facts import assemble


class BiographyFault(BenchError):
    """A biography that omits a required fact."""


def make_profile(number: int, recipe: Recipe, writer: Writer) -> Profile:
    """Profile `number` of the recipe's world, its biography worded by `writer`.

    It does not depend on how many people there are or which were made before. Raises BiographyFault when the
    biography leaves a fact out, CallError when the recipe's names or its day do not allow the profile.
    """
    id = f"{number:05d}"
    quartet, member = divmod(number, FOUR)
    four = persona.four(quartet, recipe)
    given_name, family_name = four.names[member]
    profile = Profile(
        id=id,
        quartet=quartet,
        name=f"{given_name} {family_name}",
        given_name=given_name,
        family_name=family_name,
        gender=four.quartet.gender,
        age_group=four.quartet.age_group,
        locale=four.quartet.locale,
        facts=assemble(
            four.values,
            member,
            located=has_area_codes(four.quartet.locale),
            recognised=recipe.concepts.enabled,
        ),
        appearance=draw_appearance(four.quartet, member, stream(recipe.seed, "quartets", "appearance", quartet)),
        biography="",
    )
    biography = writer.biography(profile, stream(recipe.seed, id, "profiles", "biography"))
    check_biography(profile, biography)
    return replace(profile, biography=biography)


def check_biography(profile: Profile, biography: str) -> None:
    """Raise BiographyFault unless the biography states the full name and the value of every asked fact, literally."""
    missing = [] if _states(biography, profile.name) else ["the full name"]
    missing += [fact.key for fact in profile.facts if fact.asked and not _states(biography, fact.value)]
    if missing:
        raise BiographyFault(f"The biography of profile {profile.id} does not state {', '.join(missing)}.")


def _states(text: str, value: str) -> bool:
    """Whether `value` occurs in `text` as it is, not as a part of longer words or numbers."""
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not _joined(text[start - 1 : start], value[0]) and not _joined(text[end : end + 1], value[-1]):
            return True
        start = text.find(value, start + 1)
    return False


def _joined(neighbour: str, edge: str) -> bool:
    return neighbour.isalnum() and edge.isalnum()
