"""Colourings that occur together, and where people with them live.

A country names the parts of the world that the forebears of its people came from, with their shares: rough ones, made
for variety, no census. Skin, hair and eyes of one person come from one part of the world, so that what does not occur
in life is not drawn. A new locale is one line in `_SHARES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """What occurs in one part of the world. A value that stands twice is drawn twice as often."""

    skin: tuple[str, ...]
    hair: tuple[str, ...]
    eyes: tuple[str, ...]
    eye_shapes: tuple[str, ...] = ("almond-shaped", "round", "hooded", "upturned", "downturned")
    not_worn: frozenset[str] = frozenset({"afro"})
    """Hair styles that do not go with its hair."""
    freckles: bool = False


ORIGINS: Mapping[str, Origin] = {
    "northern Europe": Origin(
        skin=("porcelain", "fair", "fair", "light"),
        hair=("blonde", "blonde", "blonde", "light brown", "light brown", "brown", "dark brown", "red"),
        eyes=("blue", "blue", "blue", "grey", "green", "hazel", "brown"),
        freckles=True,
    ),
    "the British Isles": Origin(
        skin=("porcelain", "fair", "fair", "light"),
        hair=("blonde", "light brown", "brown", "brown", "dark brown", "dark brown", "red", "auburn"),
        eyes=("blue", "blue", "green", "grey", "hazel", "brown"),
        freckles=True,
    ),
    "central Europe": Origin(
        skin=("porcelain", "fair", "fair", "light", "light", "beige"),
        hair=("blonde", "blonde", "light brown", "light brown", "brown", "brown", "dark brown", "auburn", "red"),
        eyes=("blue", "blue", "grey", "green", "hazel", "brown", "brown"),
        freckles=True,
    ),
    "southern Europe": Origin(
        skin=("fair", "light", "light", "beige", "beige", "olive", "tan"),
        hair=("black", "black", "dark brown", "dark brown", "dark brown", "brown", "brown", "light brown", "auburn"),
        eyes=("brown", "brown", "dark brown", "hazel", "green"),
    ),
    "western Asia": Origin(
        skin=("light", "beige", "beige", "olive", "olive", "tan"),
        hair=("black", "black", "black", "dark brown", "dark brown", "brown"),
        eyes=("dark brown", "dark brown", "brown", "brown", "hazel", "green"),
    ),
    "northern Africa": Origin(
        skin=("beige", "olive", "olive", "tan", "tan", "brown"),
        hair=("black", "black", "dark brown"),
        eyes=("dark brown", "brown", "hazel"),
    ),
    "Africa": Origin(
        skin=("brown", "dark brown", "dark brown", "deep brown", "deep brown"),
        hair=("black", "black", "black", "dark brown"),
        eyes=("dark brown", "dark brown", "brown"),
        eye_shapes=("almond-shaped", "almond-shaped", "round", "hooded", "upturned", "downturned"),
        not_worn=frozenset({"long wavy hair", "medium-length wavy hair", "slicked-back hair", "side-parted hair"}),
    ),
    "Africa and Europe": Origin(
        skin=("olive", "tan", "tan", "brown", "brown"),
        hair=("black", "black", "dark brown", "brown"),
        eyes=("dark brown", "brown", "brown", "hazel"),
        not_worn=frozenset({"slicked-back hair"}),
    ),
    "southern Asia": Origin(
        skin=("beige", "olive", "tan", "tan", "brown", "brown", "dark brown"),
        hair=("black", "black", "black", "dark brown"),
        eyes=("dark brown", "dark brown", "brown", "hazel"),
        eye_shapes=("almond-shaped", "almond-shaped", "round", "hooded", "upturned", "downturned"),
    ),
    "eastern Asia": Origin(
        skin=("porcelain", "fair", "light", "light", "beige", "beige", "olive"),
        hair=("black", "black", "black", "dark brown"),
        eyes=("dark brown", "dark brown", "brown"),
        eye_shapes=("monolid", "monolid", "almond-shaped", "hooded", "upturned", "round"),
        not_worn=frozenset({"afro", "curly hair"}),
    ),
    "south-eastern Asia": Origin(
        skin=("light", "beige", "olive", "tan", "tan", "brown"),
        hair=("black", "black", "black", "dark brown"),
        eyes=("dark brown", "dark brown", "brown"),
        eye_shapes=("almond-shaped", "almond-shaped", "monolid", "round", "hooded", "upturned"),
        not_worn=frozenset({"afro"}),
    ),
    "Latin America": Origin(
        skin=("light", "beige", "olive", "olive", "tan", "tan", "brown"),
        hair=("black", "black", "dark brown", "dark brown", "brown"),
        eyes=("dark brown", "brown", "brown", "hazel"),
        eye_shapes=("almond-shaped", "almond-shaped", "round", "hooded", "upturned", "monolid"),
    ),
}

_NORTH, _ISLES, _CENTRE, _SOUTH = "northern Europe", "the British Isles", "central Europe", "southern Europe"
_WEST_ASIA, _NORTH_AFRICA, _AFRICA, _MIXED = "western Asia", "northern Africa", "Africa", "Africa and Europe"
_SOUTH_ASIA, _EAST_ASIA, _SOUTH_EAST_ASIA, _LATIN = (
    "southern Asia",
    "eastern Asia",
    "south-eastern Asia",
    "Latin America",
)

_SHARES: Mapping[str, Mapping[str, int]] = {
    # the Americas, Oceania
    "en_US": {_ISLES: 3, _CENTRE: 3, _SOUTH: 1, _AFRICA: 2, _MIXED: 1, _LATIN: 3, _EAST_ASIA: 1, _SOUTH_ASIA: 1},
    "en_CA": {_ISLES: 4, _CENTRE: 3, _SOUTH: 1, _AFRICA: 1, _EAST_ASIA: 2, _SOUTH_ASIA: 2, _LATIN: 1},
    "es_MX": {_LATIN: 9, _SOUTH: 2, _MIXED: 1},
    "es_CO": {_LATIN: 6, _SOUTH: 2, _MIXED: 2, _AFRICA: 1},
    "es_AR": {_SOUTH: 7, _LATIN: 3, _CENTRE: 2},
    "pt_BR": {_SOUTH: 4, _MIXED: 4, _LATIN: 2, _AFRICA: 2, _CENTRE: 1, _EAST_ASIA: 1},
    "en_AU": {_ISLES: 6, _CENTRE: 2, _SOUTH: 2, _EAST_ASIA: 1, _SOUTH_ASIA: 1},
    # Europe
    "en_GB": {_ISLES: 8, _CENTRE: 1, _SOUTH_ASIA: 2, _AFRICA: 1, _MIXED: 1},
    "en_IE": {_ISLES: 10, _CENTRE: 1, _AFRICA: 1},
    "de_DE": {_CENTRE: 9, _NORTH: 3, _WEST_ASIA: 2, _AFRICA: 1},
    "nl_NL": {_NORTH: 5, _CENTRE: 4, _WEST_ASIA: 1, _NORTH_AFRICA: 1, _MIXED: 1, _SOUTH_EAST_ASIA: 1},
    "fr_FR": {_CENTRE: 5, _SOUTH: 5, _NORTH_AFRICA: 2, _AFRICA: 1, _MIXED: 1},
    "it_IT": {_SOUTH: 12, _CENTRE: 2, _NORTH_AFRICA: 1},
    "es_ES": {_SOUTH: 12, _CENTRE: 1, _NORTH_AFRICA: 1, _LATIN: 1},
    "pt_PT": {_SOUTH: 11, _MIXED: 1, _CENTRE: 1},
    "el_GR": {_SOUTH: 10, _WEST_ASIA: 2},
    "sv_SE": {_NORTH: 9, _CENTRE: 1, _WEST_ASIA: 1, _AFRICA: 1},
    "nb_NO": {_NORTH: 10, _CENTRE: 1, _SOUTH_ASIA: 1},
    "da_DK": {_NORTH: 9, _CENTRE: 2, _WEST_ASIA: 1},
    "fi_FI": {_NORTH: 12, _CENTRE: 1},
    "pl_PL": {_CENTRE: 11, _NORTH: 2},
    "cs_CZ": {_CENTRE: 12, _EAST_ASIA: 1},
    "hu_HU": {_CENTRE: 9, _SOUTH: 3},
    "ro_RO": {_CENTRE: 5, _SOUTH: 6, _WEST_ASIA: 1},
    "hr_HR": {_CENTRE: 6, _SOUTH: 6},
    "tr_TR": {_WEST_ASIA: 8, _SOUTH: 4},
    # Africa, western Asia
    "ar_EG": {_NORTH_AFRICA: 8, _WEST_ASIA: 3, _AFRICA: 1},
    "fa_IR": {_WEST_ASIA: 12},
    "en_KE": {_AFRICA: 12, _SOUTH_ASIA: 1},
    "en_NG": {_AFRICA: 1},
    "en_GH": {_AFRICA: 1},
    "zu_ZA": {_AFRICA: 10, _MIXED: 1},
    # southern and eastern Asia
    "en_IN": {_SOUTH_ASIA: 1},
    "ja_JP": {_EAST_ASIA: 1},
    "ko_KR": {_EAST_ASIA: 1},
    "zh_CN": {_EAST_ASIA: 1},
    "vi_VN": {_EAST_ASIA: 3, _SOUTH_EAST_ASIA: 5},
    "th_TH": {_SOUTH_EAST_ASIA: 6, _EAST_ASIA: 2},
    "id_ID": {_SOUTH_EAST_ASIA: 10, _EAST_ASIA: 1},
    "fil_PH": {_SOUTH_EAST_ASIA: 10, _EAST_ASIA: 1, _LATIN: 1},
}  # fmt: skip
"""For each locale, where its people's forebears came from, with weights."""


def origins_of(locale: str) -> Mapping[str, int]:
    """The parts of the world that a locale's people look like they come from, with weights."""
    return _SHARES[locale]
