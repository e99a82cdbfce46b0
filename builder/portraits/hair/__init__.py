"""Hair: one function for every style the painter knows."""

from collections.abc import Callable, Mapping

from builder.portraits.hair import cropped, falling, textured, tied
from builder.portraits.hair.hairdo import Hairdo
from builder.portraits.palette import Tones
from builder.portraits.pose import Rig

Style = Callable[[Rig, Tones, float], Hairdo]
"""From the rig, the hair's tones and the side that the light comes from."""


def _long_straight(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face = rig.face
    return falling.curtains(rig, tones, lit_side, length=1.45 + 0.7 * face.hair_length, volume=face.hair_volume)


def _long_wavy(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face = rig.face
    length = 1.35 + 0.7 * face.hair_length
    return falling.curtains(rig, tones, lit_side, length=length, volume=0.5 + 0.6 * face.hair_volume, swing=0.065)


def _bob(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face = rig.face
    length = 0.86 + 0.32 * face.hair_length
    return falling.curtains(rig, tones, lit_side, length=length, volume=0.4 + 0.6 * face.hair_volume, bob=True)


def _medium_wavy(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    face = rig.face
    length = 0.62 + 0.30 * face.hair_length
    return falling.curtains(rig, tones, lit_side, length=length, volume=0.5 * face.hair_volume, swing=0.045)


STYLES: Mapping[str, Style] = {
    "long straight hair": _long_straight,
    "long wavy hair": _long_wavy,
    "shoulder-length bob": _bob,
    "short pixie cut": cropped.pixie,
    "curly hair": textured.curly,
    "hair in a bun": tied.bun,
    "ponytail": tied.ponytail,
    "braided hair": tied.braids,
    "afro": textured.afro,
    "short cropped hair": cropped.cropped,
    "side-parted hair": cropped.side_parted,
    "slicked-back hair": cropped.slicked,
    "bald head": cropped.bald,
    "buzz cut": cropped.buzzed,
    "medium-length wavy hair": _medium_wavy,
    "receding hair": cropped.receding,
}


def hairdo_of(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """The hair of the rig's face."""
    return STYLES[rig.face.look.hair_style](rig, tones, lit_side)
