import pytest

from builder.base import english


@pytest.mark.parametrize(
    "phrase",
    [
        "engineer", "architect", "optician", "hour", "honest broker", "heir", "MRI technician", "HR manager",
        "X-ray nurse", "NHS clerk", "FBI agent", "upholsterer", "usher", "umbrella maker", "urban planner",
        "unidentified man", "éclair baker", "8 am", "11th-hour plan", "18", "80", "8,000", "IT consultant", "artist",
        "Olsen", "Ångström", "Ørsted prize", "honorary consul", "urban legend", "\"actor\"",
    ],
)  # fmt: skip
def test_an(phrase: str) -> None:
    assert english.with_article(phrase) == f"an {phrase}"


@pytest.mark.parametrize(
    "phrase",
    [
        "university lecturer", "European", "unicyclist", "one-off job", "user experience designer", "UX designer",
        "Ukrainian", "ukulele player", "urologist", "nurse", "yoga teacher", "hospital porter", "NATO officer",
        "eulogist", "ewe", "unanimous vote", "Łódź tram", "Honolulu hotel", "usual thing", "unique find",
        "utility man", "100", "110", "52", "1 am", "civil engineer", "union leader", "§",
    ],
)  # fmt: skip
def test_a(phrase: str) -> None:
    assert english.with_article(phrase) == f"a {phrase}"


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
    assert english.with_the(name) == said


def test_possessives() -> None:
    assert english.possessive("Maria Nowak") == "Maria Nowak's"
    assert english.possessive("Henry James") == "Henry James's"
