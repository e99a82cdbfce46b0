import pytest

from builder.base.matching import folded, names_of, states, without_accents, words
from builder.base.records import Profile
from tests.questions.people import person


@pytest.mark.parametrize(
    ("text", "phrase", "stated"),
    [
        ("born in porto alegre", "porto", True),
        ("born in portofino", "porto", False),
        ("call +44 7700 900461.", "+44 7700 900461", True),
        ("call +44 7700 9004612.", "+44 7700 900461", False),
        ("172 cm tall", "72 cm", False),
        ("paid €52,400.", "€52,400", True),
        ("ann, annie and ann", "annie", True),
        ("annie and ann", "ann", True),
        ("", "ann", False),
        ("ann", "", False),
    ],
)
def test_states_finds_whole_words(text: str, phrase: str, stated: bool) -> None:
    assert states(text, phrase) is stated


def test_folded_and_words() -> None:
    assert folded(" Maria  NOWAK\n") == "maria nowak"
    assert words("Maria Nowak's blank is __.") == ("maria", "nowak", "s", "blank", "is", "__")


def test_plain_letters_stand_in_for_accented_ones() -> None:
    assert without_accents("Łódź, Århus, Ærø, Ağrı, Weiße Straße") == "Lodz, Arhus, Aero, Agri, Weisse Strasse"


def test_the_name_is_known_by_its_parts_but_not_by_its_particles() -> None:
    profile: Profile = person(given="Anna Sofie", family="van der Berg")
    assert set(names_of(profile)) == {
        "Anna Sofie van der Berg", "Anna Sofie", "van der Berg", "Anna", "Sofie", "Berg",
    }  # fmt: skip
