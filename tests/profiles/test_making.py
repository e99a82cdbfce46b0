import json
import subprocess
import sys
from dataclasses import asdict
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.base import schemas
from builder.base.errors import BenchError, CallError
from builder.base.recipe import ProfilesPart, Recipe, SplitsPart
from builder.base.records import Profile
from builder.llm.offline_writer import OfflineWriter
from builder.profiles import BiographyFault, check_biography, make_profile
from builder.profiles.facts import KINDS
from tests.profiles.conftest import Lister


@settings(max_examples=20, deadline=None)
@given(number=st.integers(0, 549), fours=st.integers(20, 1200), held=st.integers(0, 100), seed=st.integers(0, 9))
def test_a_profile_does_not_depend_on_how_many_there_are(number: int, fours: int, held: int, seed: int) -> None:
    small = Recipe(seed=seed)
    other = Recipe(seed=seed, name="other", profiles=ProfilesPart(count=4 * fours), splits=SplitsPart(holdout=4 * held))
    assert make_profile(number, small, Lister()) == make_profile(number, other, Lister())


def test_a_profile_does_not_depend_on_what_was_made_before(recipe: Recipe, people: list[Profile]) -> None:
    backwards = [make_profile(number, recipe, Lister()) for number in reversed(range(300, 330))]
    assert backwards[::-1] == people[300:330]


def test_another_seed_is_another_world(recipe: Recipe, people: list[Profile]) -> None:
    other = make_profile(3, recipe.model_copy(update={"seed": 8}), Lister())
    assert other.name != people[3].name
    assert other.fact("passport_number") != people[3].fact("passport_number")


def test_profiles_are_valid_records(people: list[Profile]) -> None:
    for person in people[:60]:
        schemas.check("profile", json.loads(json.dumps(asdict(person))))


def test_facts_stand_in_the_order_of_their_kinds(people: list[Profile]) -> None:
    for person in people:
        known = {fact.key for fact in person.facts}
        assert [(fact.key, fact.category, fact.sensitive, fact.asked, fact.shared) for fact in person.facts] == [
            (kind.key, kind.category, kind.sensitive, kind.asked, kind.shared) for kind in KINDS if kind.key in known
        ]
    unasked = {kind.key for kind in KINDS if not kind.asked}
    assert unasked == {"name", "gender", "country"}


def test_values_are_distinct_within_a_person_and_fit_into_a_sentence(people: list[Profile]) -> None:
    for person in people:
        values = [fact.value for fact in person.facts]
        assert len({value.casefold() for value in values}) == len(values)
        for value in values:
            assert value == value.strip()
            assert "\n" not in value
            assert not value.endswith(".")


def test_the_offline_writer_states_every_fact(recipe: Recipe) -> None:
    for number in range(20):
        profile = make_profile(number, recipe, OfflineWriter())
        assert len(profile.biography) > 100


class Forgetful(Lister):
    """Leaves the phone out, and breaks the year off inside a longer number."""

    def biography(self, profile: Profile, stream: Random) -> str:
        year = profile.fact("employed_since").value
        text = super().biography(profile, stream).replace(profile.fact("phone").value, "")
        return text.replace(f"employed_since: {year}", f"employed_since: 1{year}")


def test_a_biography_that_leaves_facts_out_is_refused(recipe: Recipe) -> None:
    with pytest.raises(BiographyFault, match=r"profile 00004 does not state phone, employed_since\.") as fault:
        make_profile(4, recipe, Forgetful())
    assert isinstance(fault.value, BenchError)


def test_a_biography_names_the_person(people: list[Profile]) -> None:
    person = people[0]
    check_biography(person, person.biography)
    with pytest.raises(BiographyFault, match="the full name"):
        check_biography(person, person.biography.replace(person.name, "somebody"))


def test_a_day_that_is_none_is_a_wrong_call() -> None:
    with pytest.raises(CallError, match="as_of"):
        make_profile(0, Recipe(profiles=ProfilesPart(as_of="0042-01-01")), Lister())


def test_importing_the_package_does_not_import_faker() -> None:
    code = "import builder.profiles, sys; sys.exit('faker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
