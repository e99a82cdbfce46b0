"""Public figures as profiles, so that they are asked about like anybody else."""

from builder.base.english import with_article
from builder.base.errors import CallError
from builder.base.recipe import FOUR
from builder.base.records import FIRST_PUBLIC_FIGURE, AgeGroup, Appearance, Fact, Profile, Source
from builder.figures.roster import PublicFigure, roster

WORDNET = "https://wordnet.princeton.edu/"
WORDNET_LICENCE = "https://wordnet.princeton.edu/license-and-commercial-use"
_UNDESCRIBED = Appearance("", "", "", "", "", "", "", (), "")
_OLDEST: tuple[tuple[int, AgeGroup], ...] = ((34, "young"), (54, "middle-aged"))


def check_count(count: int) -> None:
    """Raise CallError when the roster has fewer than `count` people."""
    if count > len(roster()):
        raise CallError(f"public_figures.count = {count}, and the roster has {len(roster())} public figures.")


def profile(place: int) -> Profile:
    """The public figure at `place` of the roster: a pure function of the roster."""
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
        facts=facts(place),
        appearance=_UNDESCRIBED,
        biography=_biography(figure),
    )


def facts(place: int) -> tuple[Fact, ...]:
    """What is known of the figure at `place`; the values of the others of the four are the alternatives."""
    first = place - place % FOUR
    others = [other for other in range(first, first + FOUR) if other != place]
    ours, theirs = _values(roster()[place]), [_values(roster()[other]) for other in others]
    return tuple(
        Fact(
            key=key,
            value=value,
            category="work" if key == "profession" else "identity",
            sensitive=False,
            asked=True,
            alternatives=tuple(values[key] for values in theirs),
        )
        for key, value in ours.items()
    )


def sources(place: int) -> tuple[Source, ...]:
    """Where the facts of the figure at `place` come from."""
    return (
        Source(
            title=f"WordNet 3.0, data.noun, synset {roster()[place].synset}",
            source_url=WORDNET,
            author="Princeton University",
            licence="WordNet 3.0 License",
            licence_url=WORDNET_LICENCE,
        ),
    )


def _values(figure: PublicFigure) -> dict[str, str]:
    return {
        "birth_year": str(figure.born),
        "death_year": str(figure.died),
        "nationality": figure.nationality,
        "profession": figure.profession,
    }


def _age_group(figure: PublicFigure) -> AgeGroup:
    age = figure.died - figure.born
    return next((group for oldest, group in _OLDEST if age <= oldest), "older")


def _biography(figure: PublicFigure) -> str:
    what = with_article(f"{figure.nationality} {figure.profession}")
    return f"{figure.name} was {what} who was born in {figure.born} and died in {figure.died}."
