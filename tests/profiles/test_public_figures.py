import gzip
from collections.abc import Iterable
from pathlib import Path

from builder.figures.well_known import LIST, is_public_figure, key, known_names
from builder.profiles import names, sources

_LINES = Path(__file__).with_name("well_known.txt").read_text(encoding="utf-8").splitlines()
WELL_KNOWN = [name.strip() for line in _LINES if not line.startswith("#") for name in line.split(",")]


def _keys(*lists: Iterable[str]) -> set[str]:
    return {key(name) for listed in lists for name in listed}


def test_real_people_are_recognised_in_any_spelling() -> None:
    for name in (
        "Angela Merkel",
        "ANGELA  MERKEL",
        "Lech Walesa",
        "lech wałęsa",
        "Beyonce Knowles",
        "Sinéad O’Connor",
        "Merkel Angela",
    ):
        assert is_public_figure(name), name


def test_others_are_not() -> None:
    for name in ("Angela", "Merkel", "Angela Merkel Schmidt", ""):
        assert not is_public_figure(name), name


def test_there_are_many() -> None:
    assert len(known_names()) > 150_000


def test_no_pool_can_make_a_well_known_name_even_where_the_list_has_it_not() -> None:
    """The surnames do it: nothing here looks into the list."""
    pools = [names.pool_of(table["locales"][0]) for table in sources.table("names").values()]
    parts = [(_keys(*pool.given.values()), _keys(pool.family)) for pool in pools]
    made = []
    for person in WELL_KNOWN:
        first, *_, last = key(person).split()
        orders = ((first, last), (last, first))
        made += [person for given, family in parts for one, two in orders if one in given and two in family]
    assert len(WELL_KNOWN) > 350
    assert not made


def test_the_list_says_where_it_comes_from() -> None:
    head = [line for line in gzip.decompress(LIST.read_bytes()).decode().splitlines() if line.startswith("#")]
    assert any("License" in line for line in head)
    assert LIST.stat().st_size < 1_500_000
