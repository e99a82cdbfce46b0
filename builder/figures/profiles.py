"""Public figures as profiles, so that they are asked about like anybody else."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from builder.base.english import with_article, with_the
from builder.base.errors import CallError
from builder.base.matching import folded, states
from builder.base.plain_text import normal, value_faults
from builder.base.recipe import FOUR
from builder.base.records import FIRST_PUBLIC_FIGURE, AgeGroup, Appearance, Fact, Profile, Source
from builder.figures.references import FACTS_LICENCE, FACTS_LICENCE_URL, Reference
from builder.figures.roster import PublicFigure, roster

PLACE = "place_of_birth"
"""The fact that only Wikidata states."""

Known = Mapping[str, Reference]
"""What Wikidata says of public figures, by their names; those it was not asked about are missing."""

WORDNET = "https://wordnet.princeton.edu/"
WORDNET_LICENCE = "https://wordnet.princeton.edu/license-and-commercial-use"
_TELLING = {"nationality": (PLACE,), PLACE: ("nationality",)}
"""Each of the two tells much of the other: no four has two of a nationality."""
COUNTRIES = {
    "American": "United States", "Austrian": "Austria", "Belgian": "Belgium", "British": "Britain", "Czech": "Czech",
    "Danish": "Denmark", "Dutch": "Netherlands", "English": "England", "Flemish": "Flanders", "French": "France",
    "German": "German", "Irish": "Ireland", "Italian": "Italy", "Japanese": "Japan", "Norwegian": "Norway",
    "Polish": "Poland", "Russian": "Russia", "Scottish": "Scotland", "Spanish": "Spain", "Swedish": "Sweden",
    "Swiss": "Switzerland", "Turkish": "Turkey",
}  # fmt: skip
"""What the name of a state of somebody's nationality holds, in any century: "Kingdom of France", "German Empire"."""
_UNDESCRIBED = Appearance("", "", "", "", "", "", "", (), "")
_OLDEST: tuple[tuple[int, AgeGroup], ...] = ((34, "young"), (54, "middle-aged"))


def check_count(count: int) -> None:
    """Raise CallError when the roster has fewer than `count` people."""
    if count > len(roster()):
        raise CallError(f"public_figures.count = {count}, and the roster has {len(roster())} public figures.")


def profile(place: int, known: Known) -> Profile:
    """The public figure at `place` of the roster: a pure function of the roster and of what is known besides."""
    figure = roster()[place]
    number = FIRST_PUBLIC_FIGURE + place
    return Profile(
        id=f"{number:05d}",
        quartet=number // FOUR,
        name=figure.name,
        given_name=figure.name.removesuffix(figure.family_name).strip(),
        family_name=figure.family_name,
        gender=figure.gender,
        age_group=_age_group(figure),
        locale="",
        facts=facts(place, known),
        appearance=_UNDESCRIBED,
        biography=_biography(figure, _birthplaces(place, known).get(figure.name, "")),
    )


def facts(place: int, known: Known) -> tuple[Fact, ...]:
    """What is known of the figure at `place`; the values of the others of the four are the alternatives."""
    birthplaces = _birthplaces(place, known)
    ours = _values(roster()[place], birthplaces)
    theirs = [_values(figure, birthplaces) for figure in _four(place) if figure != roster()[place]]
    return tuple(
        Fact(
            key=key,
            value=value,
            category="work" if key == "profession" else "identity",
            sensitive=False,
            asked=True,
            alternatives=tuple(values[key] for values in theirs),
            implied_by=tuple(other for other in _TELLING.get(key, ()) if other in ours),
        )
        for key, value in ours.items()
    )


def sources(place: int, known: Known) -> tuple[Source, ...]:
    """Where the facts of the figure at `place` come from, and the picture, if there is one."""
    figure = roster()[place]
    return (_wordnet(figure), *_online(figure, known, figure.name in _birthplaces(place, known)))


def _wordnet(figure: PublicFigure) -> Source:
    return Source(
        title=f"WordNet 3.0, data.noun, synset {figure.synset}",
        source_url=WORDNET,
        author="Princeton University",
        licence="WordNet 3.0 License",
        licence_url=WORDNET_LICENCE,
    )


def _online(figure: PublicFigure, known: Known, with_place: bool) -> Iterator[Source]:
    """The item, with the facts that it states, and the picture."""
    if figure.name not in known:
        return
    reference = known[figure.name]
    stated = {
        "birth year": True,
        "death year": True,
        "nationality": any(COUNTRIES[figure.nationality] in state for state in reference.citizenships),
        "profession": figure.profession in map(folded, reference.occupations),
        "place of birth": with_place,
    }
    yield Source(
        title=f"Wikidata, {reference.qid}: {', '.join(fact for fact, agrees in stated.items() if agrees)}",
        source_url=reference.source_url,
        author="Wikidata contributors",
        licence=FACTS_LICENCE,
        licence_url=FACTS_LICENCE_URL,
        qid=reference.qid,
        revision_id=reference.revision_id,
        retrieved=reference.retrieved,
    )
    if picture := reference.usable_picture:
        yield Source(
            title=f"Wikimedia Commons, {picture.title}",
            source_url=picture.source_url,
            author=picture.author or "unknown author",
            licence=picture.licence,
            licence_url=picture.licence_url,
            sha1=picture.sha1,
            retrieved=reference.retrieved,
        )


def _four(place: int) -> Sequence[PublicFigure]:
    first = place - place % FOUR
    return roster()[first : first + FOUR]


def _birthplaces(place: int, known: Known) -> dict[str, str]:
    """Where the four of the figure at `place` were born, by their names.

    Nobody's, unless all four are known and can stand beside each other as options: none says another, or one of the
    four's names, and all are plain text.
    """
    four = _four(place)
    places = [normal(known[figure.name].birthplace) for figure in four if figure.name in known]
    names = [folded(word) for figure in four for word in figure.name.split() if word[:1].isupper()]
    sound = len(places) == FOUR and not any(map(_is_odd, places)) and _are_apart(list(map(folded, places)), names)
    return {figure.name: where for figure, where in zip(four, places, strict=True)} if sound else {}


def _is_odd(place: str) -> bool:
    return next(value_faults(place), None) is not None


def _are_apart(places: Sequence[str], names: Sequence[str]) -> bool:
    others = list(itertools.permutations(places, 2))
    named = [(place, name) for place in places for name in names]
    return not any(states(one, other) for one, other in others + named)


def _values(figure: PublicFigure, birthplaces: Mapping[str, str]) -> dict[str, str]:
    said = {
        "birth_year": str(figure.born),
        "death_year": str(figure.died),
        "nationality": figure.nationality,
        "profession": figure.profession,
    }
    return said | ({PLACE: birthplaces[figure.name]} if birthplaces else {})


def _age_group(figure: PublicFigure) -> AgeGroup:
    age = figure.died - figure.born
    return next((group for oldest, group in _OLDEST if age <= oldest), "older")


def _biography(figure: PublicFigure, birthplace: str) -> str:
    what = with_article(f"{figure.nationality} {figure.profession}")
    where = f"in {with_the(birthplace)} " if birthplace else ""
    return f"{figure.name} was {what} who was born {where}in {figure.born} and died in {figure.died}."
