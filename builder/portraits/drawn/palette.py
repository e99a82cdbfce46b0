"""The colours of the drawn people: hand-picked tones, each with the shades that shape it."""

import colorsys
import functools
import math
from dataclasses import dataclass

from builder.portraits.drawn.face import Face

Colour = tuple[int, int, int]


def rgb(text: str) -> Colour:
    """A colour from its six hex digits."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


@functools.lru_cache(maxsize=8192)
def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    r, g, b = (round(one + (two - one) * share) for one, two in zip(first, second, strict=True))
    return r, g, b


@functools.lru_cache(maxsize=8192)
def shifted(colour: Colour, *, value: float = 0, saturation: float = 0, hue: float = 0) -> Colour:
    """The colour with its value and saturation scaled by 1 + the given shares and its hue turned."""
    h, s, v = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    h, s, v = (h + hue) % 1, min(1, max(0, s * (1 + saturation))), min(1, max(0, v * (1 + value)))
    r, g, b = (round(part * 255) for part in colorsys.hsv_to_rgb(h, s, v))
    return r, g, b


@functools.lru_cache(maxsize=8192)
def lightness(colour: Colour) -> float:
    """How light a colour looks: L* of CIELAB, 0 to 100."""
    linear = (level / 3294.6 if level <= 10 else ((level / 255 + 0.055) / 1.055) ** 2.4 for level in colour)
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * math.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance


@functools.lru_cache(maxsize=8192)
def tinted(colour: Colour, gains: tuple[float, float, float]) -> Colour:
    """The colour with its red, green and blue scaled."""
    red, green, blue = (min(255, round(level * gain)) for level, gain in zip(colour, gains, strict=True))
    return red, green, blue


WHITE = rgb("FFFFFF")
INK = rgb("2B2226")
"""The darkest tone of a drawing: never pure black."""


@dataclass(frozen=True)
class Skin:
    """Tones of the skin: `shade` and `deep` darken it, `glow` is where light falls, `line` draws in it."""

    base: Colour
    shade: Colour
    deep: Colour
    glow: Colour
    line: Colour
    blush: Colour
    lip: Colour
    lip_dark: Colour


@dataclass(frozen=True)
class Tones:
    """A colour in four steps, for hair, cloth and irises."""

    base: Colour
    dark: Colour
    deep: Colour
    light: Colour


_SKINS: dict[str, tuple[str, str, str, str, str, str]] = {
    # base, shade, deep, glow, blush, lip
    "porcelain": ("F3D3C3", "DFAC97", "C28674", "FFE9DC", "F0A69E", "D98A87"),
    "fair": ("F2CBB0", "DBA284", "BC7C63", "FFE3CF", "EC9A8A", "CF7A76"),
    "light": ("EEC2A0", "D3977A", "B26F57", "FEDFC4", "E58B76", "C26C68"),
    "beige": ("E2B088", "C48662", "9F6246", "F7CFA9", "DB7F66", "B4605B"),
    "olive": ("CDA076", "AB7A52", "845838", "E6BF94", "C57557", "A35852"),
    "tan": ("BE8B61", "996642", "73472D", "DCAB7F", "BB6A4B", "95504A"),
    "brown": ("9D6A46", "784A2F", "58321F", "BE885F", "A2543A", "81413C"),
    "dark brown": ("7B4F35", "5A3523", "402318", "9C6A4A", "8A412E", "6B3431"),
    "deep brown": ("5B3A29", "41271B", "2D1912", "7C5239", "713327", "572C2B"),
}

_GREY = rgb("A9A6A4")
"""What hair turns to strand by strand."""

_BLACK = rgb("120E10")
"""What stands out from the darkest skin."""

_SEEN = 19.0
"""By how much a beard's lightness has to differ from the skin's."""

_HAIR: dict[str, tuple[str, str, str, str]] = {
    # base, dark, deep, light
    "black": ("2D282C", "1F1B1F", "141216", "4D474F"),
    "dark brown": ("48332B", "33231E", "231714", "6E5143"),
    "brown": ("6E4A35", "523524", "3A2419", "966C4E"),
    "light brown": ("9A7049", "775233", "573A24", "C0966A"),
    "blonde": ("D9B26E", "B68C4B", "8E6935", "F0D79C"),
    "auburn": ("7F3B28", "5E2719", "431A11", "AB5F40"),
    "red": ("B05B33", "8B4323", "652D17", "D58A5A"),
    "grey": ("9B999A", "7B797B", "5D5B5E", "C2C0C0"),
    "white": ("E0DCD7", "C2BDB8", "9D9894", "F7F4F0"),
}

_IRISES: dict[str, str] = {
    "brown": "7A4A2A",
    "dark brown": "4A2C1D",
    "hazel": "8C7038",
    "green": "5E8254",
    "blue": "4F86B0",
    "grey": "7C8B96",
}


@functools.lru_cache(maxsize=64)
def skin_of(face: Face) -> Skin:
    """The tones of this face's own skin."""

    def own(text: str) -> Colour:
        return shifted(
            rgb(text),
            value=-0.03 * face.skin_depth,
            saturation=0.09 * face.skin_warmth,
            hue=-0.006 * face.skin_warmth,
        )

    base, shade, deep, glow, blush, lip = (own(text) for text in _SKINS[face.look.skin_tone])
    reddened = mix(mix(lip, base, 0.42 * (1 - face.lip_tint)), rgb("B03A48"), 0.18 * face.lip_tint)
    return Skin(base, shade, deep, glow, mix(deep, INK, 0.25), blush, reddened, mix(reddened, deep, 0.5))


@functools.lru_cache(maxsize=64)
def hair_of(face: Face) -> Tones:
    """The tones of this face's own hair."""

    def own(text: str) -> Colour:
        return shifted(
            rgb(text), value=-0.10 * face.hair_depth, saturation=0.11 * face.hair_warmth, hue=-0.008 * face.hair_warmth
        )

    grown_pale = 0.0 if face.look.hair_colour in ("grey", "white") else 0.30 * face.greying
    return Tones(*(mix(own(text), _GREY, grown_pale) for text in _HAIR[face.look.hair_colour]))


@functools.lru_cache(maxsize=64)
def beard_of(face: Face) -> Tones:
    """The tones of this face's own beard: the hair's, darker where they would not be seen on the skin."""
    hair = hair_of(face)
    return standing_out(hair, skin_of(face).base, _SEEN)


def standing_out(hair: Tones, ground: Colour, least: float) -> Tones:
    """The hair's tones, as much darker as its base has to be to differ from `ground` in lightness by `least`."""
    ends = mix(hair.deep, INK, 0.35) if lightness(ground) > 45 else _BLACK
    for share in range(11):
        base = mix(hair.base, ends, share / 10)
        if abs(lightness(base) - lightness(ground)) >= least:
            break
    part = share / 10
    return Tones(base, mix(hair.dark, ends, part), mix(hair.deep, ends, part), mix(hair.light, hair.base, part))


@functools.lru_cache(maxsize=64)
def iris_of(face: Face) -> Tones:
    """The tones of this face's own irises."""
    base = shifted(rgb(_IRISES[face.look.eye_colour]), value=-0.1 * face.iris_depth, hue=-0.02 * face.iris_warmth)
    return tones(base)


@functools.lru_cache(maxsize=1024)
def tones(base: Colour) -> Tones:
    """A colour with its shades: darker ones cooler and fuller, the light one paler."""
    return Tones(
        base,
        shifted(base, value=-0.20, saturation=0.12),
        shifted(base, value=-0.42, saturation=0.2),
        mix(shifted(base, value=0.18, saturation=-0.05), WHITE, 0.14),
    )
