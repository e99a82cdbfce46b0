"""Clothes: what the shoulders wear, from the neckline down."""

from collections.abc import Callable, Mapping

from builder.base.records import View
from builder.portraits.drawn.clothes import layers, tops
from builder.portraits.drawn.clothes.tailoring import Garment, Outfit
from builder.portraits.drawn.palette import rgb
from builder.portraits.drawn.pose import Rig


def _garment(cut: str, colour: str, under: str = "F4F1EC") -> Garment:
    return Garment(cut, rgb(colour), rgb(under))


CLOTHES: Mapping[View, Mapping[str, Garment]] = {
    "reference": {
        "a plain charcoal T-shirt": _garment("crew", "4A4E57"),
        "a plain slate-blue T-shirt": _garment("crew", "5C7088"),
        "a plain oatmeal T-shirt": _garment("crew", "D8CBB6"),
        "a plain sage T-shirt": _garment("crew", "8A9A80"),
        "a plain clay T-shirt": _garment("crew", "B5795F"),
        "a plain mauve T-shirt": _garment("crew", "8F7C90"),
    },
    "train": {
        "a navy crew-neck sweater": _garment("sweater", "2F3F5F"),
        "a mustard crew-neck sweater": _garment("sweater", "D3A03C"),
        "a white shirt": _garment("shirt", "F1EFEA"),
        "a light-blue shirt": _garment("shirt", "A9C4DE"),
        "a dark blazer over a white shirt": _garment("blazer", "3A3D4A"),
        "a burgundy V-neck sweater": _garment("v-neck", "7E2F3C", "F1EFEA"),
        "a forest-green hoodie": _garment("hoodie", "3F5E4C"),
        "a rust-coloured shirt": _garment("shirt", "B4613F"),
        "a grey hoodie": _garment("hoodie", "8D9097"),
    },
    "test": {
        "a black turtleneck": _garment("turtleneck", "33323A"),
        "a cream turtleneck": _garment("turtleneck", "E9DFCB"),
        "a denim jacket over a T-shirt": _garment("jacket", "55779A", "ECE8E1"),
        "a striped long-sleeved top": _garment("striped", "EFEAE1", "35507A"),
        "a plum cardigan": _garment("cardigan", "6F4463", "EFE6DC"),
        "a camel coat with a scarf": _garment("scarf", "B98B56", "8C2F39"),
        "a teal scarf and a grey coat": _garment("scarf", "74777F", "2E7C7C"),
    },
}


def outfit(rig: Rig, garment: Garment) -> Outfit:
    """The garment on the rig's body."""
    return _CUTS[garment.cut](rig, garment)


_CUTS: Mapping[str, Callable[[Rig, Garment], Outfit]] = {
    "crew": tops.crew,
    "sweater": tops.sweater,
    "striped": tops.striped,
    "v-neck": tops.v_neck,
    "turtleneck": tops.turtleneck,
    "hoodie": tops.hoodie,
    "shirt": layers.shirt,
    "blazer": layers.blazer,
    "jacket": layers.jacket,
    "cardigan": layers.cardigan,
    "scarf": layers.scarf,
}
