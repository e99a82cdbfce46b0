"""How people look, in closed vocabularies that a painter of any kind can follow.

An appearance depends on the country, the gender and the age group alone: a face must not give away the exact age or
any other fact.
"""

from random import Random

from builder.profiles.quartets import Quartet
from builder.records import Appearance, Gender

SKIN_TONES = ("porcelain", "fair", "light", "beige", "olive", "tan", "brown", "dark brown", "deep brown")
FACE_SHAPES = ("oval", "round", "square", "heart-shaped", "long", "diamond-shaped")
HAIR_COLOURS = ("black", "dark brown", "brown", "light brown", "blonde", "auburn", "red", "grey", "white")
HAIR_STYLES: dict[Gender, tuple[str, ...]] = {
    "female": (
        "long straight hair", "long wavy hair", "shoulder-length bob", "short pixie cut", "curly hair", "hair in a bun",
        "ponytail", "braided hair", "afro",
    ),
    "male": (
        "short cropped hair", "side-parted hair", "curly hair", "slicked-back hair", "bald head", "buzz cut",
        "medium-length wavy hair", "receding hair", "afro",
    ),
}  # fmt: skip
EYE_COLOURS = ("brown", "dark brown", "hazel", "green", "blue", "grey")
FACIAL_HAIR = ("none", "stubble", "moustache", "goatee", "short beard", "full beard")
GLASSES = ("none", "round glasses", "rectangular glasses", "cat-eye glasses", "half-rim glasses")
MARKS = (
    "freckles", "a mole on the left cheek", "a mole on the right cheek", "a mole above the lip", "dimples",
    "a small scar on the chin", "a scar through the left eyebrow",
)  # fmt: skip

_PALE, _MEDIUM, _DARK = SKIN_TONES[:3], SKIN_TONES[3:6], SKIN_TONES[6:]

_NORTHERN = (*_PALE, "beige", *_PALE, "brown")
_SOUTHERN = ("fair", "light", "beige", "olive", "tan", "light", "olive")
_TONES: dict[str, tuple[str, ...]] = {
    "en_US": SKIN_TONES,
    "en_CA": SKIN_TONES,
    "en_GB": (*SKIN_TONES, *_PALE),
    "en_AU": (*SKIN_TONES, *_PALE),
    "en_IE": _NORTHERN,
    "de_DE": _NORTHERN,
    "nl_NL": (*_NORTHERN, "dark brown"),
    "pl_PL": (*_PALE, "beige"),
    "sv_SE": _NORTHERN,
    "fr_FR": (*_SOUTHERN, "porcelain", "brown", "dark brown"),
    "it_IT": _SOUTHERN,
    "es_ES": _SOUTHERN,
    "es_MX": ("light", "beige", "olive", "tan", "brown"),
    "pt_BR": ("light", "beige", "olive", "tan", "brown", "dark brown", "deep brown"),
    "en_IN": ("olive", "tan", "brown", "dark brown", "tan", "brown"),
    "en_KE": ("brown", "dark brown", "deep brown"),
}
"""Skin tones by locale; one that stands twice is drawn twice as often."""


def draw_appearance(sketch: Quartet, random: Random) -> Appearance:
    """How somebody looks who is from there, of that gender and of that age group."""
    skin_tone = random.choice(_TONES[sketch.locale])
    return Appearance(
        skin_tone=skin_tone,
        face_shape=random.choice(FACE_SHAPES),
        hair_colour=_hair_colour(sketch, skin_tone, random),
        hair_style=_hair_style(sketch, skin_tone, random),
        eye_colour=_eye_colour(skin_tone, random),
        facial_hair=random.choice(FACIAL_HAIR) if sketch.gender == "male" else "none",
        glasses=_glasses(sketch.gender, random),
        marks=_marks(skin_tone, random),
    )


def _hair_colour(sketch: Quartet, skin_tone: str, random: Random) -> str:
    grey = {"young": 0.0, "middle-aged": 0.2, "older": 0.75}[sketch.age_group]
    if random.random() < grey:
        return random.choice(("grey", "white")) if sketch.age_group == "older" else "grey"
    if skin_tone in _DARK:
        return random.choice(("black", "dark brown"))
    if skin_tone in _MEDIUM:
        return random.choice(("black", "dark brown", "brown", "light brown"))
    return random.choice(HAIR_COLOURS[:7])


def _hair_style(sketch: Quartet, skin_tone: str, random: Random) -> str:
    barred = set() if skin_tone in _DARK else {"afro"}
    if sketch.age_group == "young":
        barred |= {"receding hair", "bald head"}
    return random.choice([style for style in HAIR_STYLES[sketch.gender] if style not in barred])


def _eye_colour(skin_tone: str, random: Random) -> str:
    if skin_tone in _DARK:
        return random.choice(("brown", "dark brown"))
    if skin_tone in _MEDIUM:
        return random.choice(("brown", "dark brown", "hazel", "green"))
    return random.choice(EYE_COLOURS)


def _glasses(gender: Gender, random: Random) -> str:
    if random.random() < 0.5:
        return "none"
    return random.choice([kind for kind in GLASSES[1:] if gender == "female" or kind != "cat-eye glasses"])


def _marks(skin_tone: str, random: Random) -> tuple[str, ...]:
    choices = MARKS if skin_tone in (*_PALE, "beige") else MARKS[1:]
    return tuple(random.sample(choices, random.choice((0, 0, 1, 1, 2))))
