"""Makes builder/profiles/data/names.toml, the names that people are given, from training/name_pools.toml.

    pip install name2nat==0.5.1
    python training/name_pools.py && python training/well_known_names.py

Faker's lists, names set by hand and surnames put together from parts of a country's own surnames are joined. Of the
surnames those are kept that hardly anybody well-known bears: then no list of well-known people, however long, holds
many of our names. What relatives are called is cut out: nobody of the pool bears it.
"""

import importlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from well_known_names import wikipedia

from builder.base.randomness import digest
from builder.figures.well_known import folded_name
from builder.profiles import names

SOURCE = Path(__file__).with_suffix(".toml")
TARGET = Path(names.__file__).parent / "data" / "names.toml"
RARE = 1
"""How many of the people in the English Wikipedia may bear a surname of ours."""

GIVEN, FAMILY, SPOUSES, MAIDEN = 144, 160, 12, 16
"""How many names of a kind a pool gets at most; surnames times the square root of the locales that share them."""

HEADER = """\
# The names that people are given, a table for each pool. Made by training/name_pools.py: change names there.
# `female` and `male` are the people's given names and `family` their surnames. Those of relatives are other names than
# any of the people's: `elders_*` of parents, `spouses_*` of wives and husbands, `children`, and mothers' `maiden` ones.
"""
Lists = dict[str, list[str]]


def main() -> None:
    """Read the sources, and write the pools."""
    tables: dict[str, Any] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    bearers = Counter(word for name in wikipedia() for word in set(name.split()[1:]))
    owned: set[str] = set()
    for table in tables.values():  # a surname is the first pool's that has it by hand
        table["surnames"] = [one for one in _listed(table, "surnames") if folded_name(one) not in owned]
        owned |= {folded_name(one) for one in table["surnames"]}
    text = HEADER
    for name, table in tables.items():
        pool = _pool(table, bearers, owned)
        owned |= {folded_name(one) for one in pool["family"] + pool["maiden"]}
        text += f"\n[{name}]\nlocales = {str(table['locales']).replace(chr(39), chr(34))}\n"
        text += "".join(f'{kind} = """\n{_wrapped(values)}"""\n' for kind, values in pool.items())
        print(name, {kind: len(values) for kind, values in pool.items()})
    TARGET.write_text(text, encoding="utf-8")


def _pool(table: dict[str, Any], bearers: Counter[str], owned: set[str]) -> Lists:
    """All lists of a pool, no two of which share a word."""
    seen = {folded_name(one) for one in _listed(table, "drop")} | names.words()
    surnames = _clean(table["surnames"], set(seen), table.get("compound", False))
    seen |= (theirs := {part for one in surnames for part in names.parts(one)})
    kinds = ("elders_female", "elders_male", "children")
    pool: Lists = {kind: _clean(_listed(table, kind), seen) for kind in kinds}
    both = {folded_name(one) for one in _faker(table, "given", "first_names_female")}
    both &= {folded_name(one) for one in _faker(table, "given", "first_names_male")}
    for gender in ("female", "male"):
        pool[gender] = _clean([*_listed(table, gender), *_composed(table.get(f"compose_{gender}"))], seen)
    for gender in ("female", "male"):
        seen |= both
        listed = _clean(_faker(table, "given", f"first_names_{gender}"), seen)
        pool[gender] = _some([*pool[gender], *listed], GIVEN)
        pool[f"spouses_{gender}"], pool[gender] = _cut(pool[gender], SPOUSES)
    composed = [one for part in table.get("compose", []) for one in _composed(part)]
    listed = [one for one in _faker(table, "family", "last_names", "unisex_last_names") if _fits(one, table)]
    free = [*surnames, *(one for one in composed + listed if folded_name(one) not in owned)]
    seen -= theirs
    rare = [one for one in free if not table.get("rarest", True) or _bearers(one, bearers) <= RARE]
    rare = _clean(rare, seen, table.get("compound", False))
    most = round(FAMILY * len(table["locales"]) ** 0.5)
    kept = _some(rare, most, {one: _bearers(one, bearers) for one in rare})
    pool["maiden"], pool["family"] = _cut(kept, MAIDEN)
    return pool


def _bearers(surname: str, bearers: Counter[str]) -> int:
    return bearers[folded_name(surname).split()[-1]]


def _listed(table: dict[str, Any], kind: str) -> list[str]:
    """The names of a list, or of a string in which blanks part them and underscores stand for blanks."""
    given = table.get(kind, [])
    return [one.replace("_", " ") for one in given.split()] if isinstance(given, str) else list(given)


def _composed(parts: dict[str, str] | None) -> Iterator[str]:
    """Every start with every end."""
    if parts:
        yield from (start + end for start in parts["starts"].split() for end in parts["ends"].split())


def _faker(table: dict[str, Any], kind: str, *attributes: str) -> list[str]:
    """The names that Faker's person providers hold under `attributes`, each once."""
    found: dict[str, None] = {}
    for locale in table.get(kind, []):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in attributes:
            found.update(dict.fromkeys(getattr(provider, attribute, ())))
    return list(found)


def _clean(candidates: Iterable[str], seen: set[str], compound: bool = False) -> list[str]:
    """Those that look like names and share no word with those `seen`, to which they are added."""
    kept = []
    for name in sorted(candidates, key=str.isascii):  # of two spellings the one with its accents
        parts = names.parts(name)
        fits = names.looks_like_a_name(name) or (compound and name.istitle() and " " in name)
        if fits and not parts & seen:
            seen |= parts
            kept.append(name)
    return kept


def _fits(surname: str, table: dict[str, Any]) -> bool:
    endings, starts = tuple(table.get("drop_endings", ())), tuple(table.get("drop_starts", ()))
    return not surname.endswith(endings) and not surname.startswith(starts)


def _some(candidates: list[str], most: int, rank: Mapping[str, int] | None = None) -> list[str]:
    """At most so many of them, chosen by lot, in alphabetical order. Those of a higher `rank` are left out sooner."""
    drawn = sorted(candidates, key=lambda one: ((rank or {}).get(one, 0), digest(0, one)))
    return sorted(drawn[:most], key=folded_name)


def _cut(ordered: list[str], count: int) -> tuple[list[str], list[str]]:
    """`count` names at equal distances, and the others."""
    chosen = {ordered[len(ordered) * turn // count] for turn in range(count)}
    return [one for one in ordered if one in chosen], [one for one in ordered if one not in chosen]


def _wrapped(values: list[str]) -> str:
    """The values as lines of a string, a comma after each."""
    lines, line = [], ""
    for value in values:
        if len(line) + len(value) > 116:
            lines.append(line.rstrip())
            line = ""
        line += f"{value}, "
    return "\n".join([*lines, line.rstrip()]) + "\n"


if __name__ == "__main__":
    main()
