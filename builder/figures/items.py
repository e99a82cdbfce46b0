"""The roster's people as items of Wikidata, checked against the roster."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.figures.mediawiki import Site, together
from builder.figures.plain import plain
from builder.figures.roster import PublicFigure
from builder.figures.well_known import key

_HUMAN = "Q5"
_INSTANCE_OF, _BIRTH, _DEATH, _BIRTHPLACE, _CITIZENSHIP, _OCCUPATION, _PICTURE = (
    *("P31", "P569", "P570", "P19", "P27", "P106", "P18"),
)
_YEAR_KNOWN = 9
"""The precision of a date whose year is known, or more."""
_LANGUAGES = ("en", "mul")
"""English, and what is the same in all languages."""
_CANDIDATES = "5"
_SHOWN = 3


@dataclass(frozen=True)
class WikidataItem:
    """What an item says of a person; places, states and occupations are items, too."""

    qid: str
    revision_id: int
    retrieved: str
    names: tuple[str, ...]
    is_human: bool
    births: frozenset[int]
    deaths: frozenset[int]
    birthplaces: tuple[str, ...]
    citizenships: tuple[str, ...]
    occupations: tuple[str, ...]
    pictures: tuple[str, ...]

    @property
    def named_items(self) -> tuple[str, ...]:
        """The items whose labels are needed."""
        return (*self.birthplaces, *self.citizenships, *self.occupations)


def search(site: Site, name: str) -> list[str]:
    """The items that a search for a name finds, best first."""
    answer = site.ask(action="wbsearchentities", search=name, language="en", type="item", limit=_CANDIDATES)
    with site.understood():
        return [str(found["id"]) for found in answer.data["search"]]


def items(site: Site, qids: Iterable[str]) -> dict[str, WikidataItem]:
    """The items of people by their ids. One that is gone is left out; one that was merged has its new id in `qid`."""
    found = {}
    for asked, entity, retrieved in _entities(site, qids, "info|labels|aliases|claims"):
        with site.understood():
            found[asked] = _item(entity, retrieved)
    return found


def labels(site: Site, qids: Iterable[str]) -> dict[str, str]:
    """The English labels of items, by their ids."""
    found = {}
    for asked, entity, _ in _entities(site, qids, "labels"):
        with site.understood():
            found[asked] = next(iter(_names(entity)), "")
    return found


def fitting(figure: PublicFigure, candidates: Collection[WikidataItem]) -> WikidataItem | str:
    """The one item of the figure's name and years, or the reason why there is none."""
    people = [item for item in candidates if item.is_human]
    named = [item for item in people if key(figure.name) in set(map(key, item.names))]
    if not named:
        return "Wikidata has nobody of this name"
    fits = [item for item in named if item.births == {figure.born} and item.deaths == {figure.died}]
    if len(fits) > 1:
        return f"several items fit: {', '.join(item.qid for item in fits)}"
    if not fits:
        said = "; ".join(f"{item.qid} {_years(item.births)} to {_years(item.deaths)}" for item in named[:_SHOWN])
        return f"the roster says {figure.born} to {figure.died}, and Wikidata {said}"
    return fits[0]


def _years(years: Collection[int]) -> str:
    return " or ".join(map(str, sorted(years))) or "unknown"


def _entities(site: Site, qids: Iterable[str], props: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each item that exists: the id it was asked by, what it is, and when it was answered."""
    for some in together(qids):
        answer = site.ask(action="wbgetentities", ids="|".join(some), props=props, languages="|".join(_LANGUAGES))
        with site.understood():
            for entity in answer.data["entities"].values():
                if "missing" not in entity:
                    merged = entity.get("redirects")
                    yield str(merged["from"] if merged else entity["id"]), entity, answer.retrieved


def _item(entity: dict[str, Any], retrieved: str) -> WikidataItem:
    return WikidataItem(
        qid=str(entity["id"]),
        revision_id=int(entity["lastrevid"]),
        retrieved=retrieved,
        names=tuple(_names(entity)),
        is_human=_HUMAN in _ids(entity, _INSTANCE_OF),
        births=_years_of(entity, _BIRTH),
        deaths=_years_of(entity, _DEATH),
        birthplaces=_ids(entity, _BIRTHPLACE),
        citizenships=_ids(entity, _CITIZENSHIP),
        occupations=_ids(entity, _OCCUPATION),
        pictures=tuple(map(str, _best(entity, _PICTURE))),
    )


def _names(entity: Mapping[str, Any]) -> Iterator[str]:
    """The label in English or in all languages, and the other names."""
    called, also = _mapping(entity.get("labels")), _mapping(entity.get("aliases"))
    for language in _LANGUAGES:
        labels = [called[language]] if language in called else []
        yield from (plain(str(label["value"])) for label in (*labels, *also.get(language, ())))


def _ids(entity: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    return tuple(str(value["id"]) for value in _best(entity, kind))


def _years_of(entity: Mapping[str, Any], kind: str) -> frozenset[int]:
    dates = [value for value in _best(entity, kind) if int(value["precision"]) >= _YEAR_KNOWN]
    years = [re.match(r"\+(\d+)-", str(date["time"])) for date in dates]
    return frozenset(int(year.group(1)) for year in years if year)


def _best(entity: Mapping[str, Any], kind: str) -> Sequence[Any]:
    """The values of a property's statements of the best rank; "unknown" is no value."""
    standing = [each for each in _mapping(entity.get("claims")).get(kind, ()) if each["rank"] != "deprecated"]
    preferred = [each for each in standing if each["rank"] == "preferred"]
    snaks = [each["mainsnak"] for each in preferred or standing]
    return [snak["datavalue"]["value"] for snak in snaks if snak["snaktype"] == "value"]


def _mapping(value: Any) -> Mapping[str, Any]:
    """An object of the answer; PHP writes an empty one as a list."""
    return value if isinstance(value, Mapping) else {}
