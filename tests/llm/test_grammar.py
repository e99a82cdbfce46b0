import pytest

from builder.base import grammar
from builder.base.records import Profile
from tests.questions.people import person


@pytest.mark.parametrize(
    "phrase",
    [
        "engineer", "architect", "optician", "hour", "honest broker", "heir", "MRI technician", "HR manager",
        "X-ray nurse", "NHS clerk", "FBI agent", "upholsterer", "usher", "umbrella maker", "urban planner",
        "unidentified man", "éclair baker", "8 am", "11th-hour plan", "18", "80", "8,000", "IT consultant", "artist",
        "Olsen", "Ångström", "\"actor\"",
    ],
)  # fmt: skip
def test_an(phrase: str) -> None:
    assert grammar.with_article(phrase) == f"an {phrase}"


@pytest.mark.parametrize(
    "phrase",
    [
        "university lecturer", "European", "unicyclist", "one-off job", "user experience designer", "UX designer",
        "Ukrainian", "ukulele player", "urologist", "nurse", "yoga teacher", "hospital porter", "NATO officer",
        "eulogist", "ewe", "utility man", "100", "110", "52", "1 am", "civil engineer", "union leader", "§",
    ],
)  # fmt: skip
def test_a(phrase: str) -> None:
    assert grammar.with_article(phrase) == f"a {phrase}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("University of Porto", "the University of Porto"),
        ("Technical University of Gdynia", "the Technical University of Gdynia"),
        ("Universidad de Guadalajara", "the Universidad de Guadalajara"),
        ("Harlow University", "Harlow University"),
        ("Delft University of Technology", "Delft University of Technology"),
        ("Netherlands", "the Netherlands"),
        ("United Kingdom", "the United Kingdom"),
        ("Poland", "Poland"),
    ],
)
def test_the(name: str, said: str) -> None:
    assert grammar.with_the(name) == said


def test_possessives() -> None:
    assert grammar.possessive("Maria Nowak") == "Maria Nowak's"
    assert grammar.possessive("Henry James") == "Henry James's"


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
    ],
)
def test_states_finds_whole_words(text: str, phrase: str, stated: bool) -> None:
    assert grammar.states(text, phrase) is stated


def test_folded_and_words() -> None:
    assert grammar.folded(" Maria  NOWAK\n") == "maria nowak"
    assert grammar.words("Maria Nowak's blank is __.") == ("maria", "nowak", "s", "blank", "is", "__")


def test_the_name_is_known_by_its_parts_but_not_by_its_particles() -> None:
    profile: Profile = person(given="Anna Sofie", family="van der Berg")
    assert set(grammar.names_of(profile)) == {
        "Anna Sofie van der Berg", "Anna Sofie", "van der Berg", "Anna", "Sofie", "Berg",
    }  # fmt: skip
