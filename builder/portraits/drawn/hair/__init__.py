"""Hair: one function for every style the painter knows."""

from collections.abc import Callable, Mapping

from builder.portraits.drawn.hair import cropped, falling, textured, tied
from builder.portraits.drawn.hair.hairdo import Hairdo
from builder.portraits.drawn.palette import Tones
from builder.portraits.drawn.pose import Rig

Style = Callable[[Rig, Tones, float], Hairdo]
"""From the rig, the hair's tones and the side that the light comes from."""

STYLES: Mapping[str, Style] = {
    "long straight hair": falling.long_straight,
    "long wavy hair": falling.long_wavy,
    "shoulder-length bob": falling.bob,
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
    "medium-length wavy hair": falling.medium_wavy,
    "receding hair": cropped.receding,
}


def hairdo_of(rig: Rig, tones: Tones, lit_side: float) -> Hairdo:
    """The hair of the rig's face."""
    return STYLES[rig.face.look.hair_style](rig, tones, lit_side)
