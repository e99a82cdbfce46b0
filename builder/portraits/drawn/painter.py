"""The offline painter: draws faces on the CPU."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import cv2
from PIL import Image

from builder.base.records import View
from builder.portraits.drawn import backdrop, beard, clothes, eyes, features, hair, head, marks, shading
from builder.portraits.drawn.canvas import Canvas, Glaze, Pixels, Shape, Tone, Wash
from builder.portraits.drawn.clothes.tailoring import Outfit
from builder.portraits.drawn.curves import Points, moved
from builder.portraits.drawn.details import Detail, placed
from builder.portraits.drawn.expression import EXPRESSIONS, Expression
from builder.portraits.drawn.face import Face, face_of
from builder.portraits.drawn.glasses import glasses
from builder.portraits.drawn.light import LIGHTS, Light, lit, lit_cloth, lit_place
from builder.portraits.drawn.palette import INK, beard_of, hair_of, iris_of, mix, skin_of, standing_out
from builder.portraits.drawn.pose import FRAMINGS, POSES, Rig, varied
from builder.portraits.painter import Order
from builder.portraits.words import nearest

Meaning = TypeVar("Meaning")

_FINE = 448
"""Pixels across at which edges are smooth and thin lines thin: smaller pictures are painted finer and reduced."""

_BLURRED = 4
"""How much coarser than the picture its backdrop is painted: it is out of focus."""


class OfflinePainter:
    """Draws each person with a face of their own that stays theirs from view to view. Keeps no state."""

    def paint(self, orders: Sequence[Order]) -> list[Image.Image]:
        """One RGB picture for each order, in their order."""
        return [_drawn(order) for order in orders]


def _drawn(order: Order) -> Image.Image:
    face = face_of(order.appearance, order.gender, order.age_group, order.identity)
    return draw(face, order)


def draw(face: Face, order: Order) -> Image.Image:
    """The order's scene with this face, whatever appearance the order names: for training on random faces."""
    scene, chance = order.scene, order.chance
    pose, framing = _meaning(scene.pose, POSES, order.view), _meaning(scene.framing, FRAMINGS, order.view)
    pose, framing = varied(pose, framing, chance)
    light = _meaning(scene.light, LIGHTS, order.view)
    fineness = -(-_FINE // order.size)
    size = order.size * fineness
    place = backdrop.painted(
        _meaning(scene.background, backdrop.BACKDROPS, order.view), max(32, order.size // _BLURRED), chance
    )
    lit_place(place, light)
    canvas = Canvas(cv2.resize(place, (size, size)), light.on_people)
    rig = Rig(face, pose, framing, size)
    garment = _meaning(scene.clothes, clothes.CLOTHES, order.view)
    worn = replace(garment, colour=lit_cloth(garment.colour, light), under=lit_cloth(garment.under, light))
    expression = _meaning(scene.expression, EXPRESSIONS, order.view)
    _Sitting(canvas, rig, light).paint(clothes.outfit(rig, worn), expression)
    lit(canvas.pixels, light)
    return _picture(canvas.pixels, order.size)


def _picture(pixels: Pixels, size: int) -> Image.Image:
    """The pixels, (n, n, 3), as a picture of `size`."""
    if len(pixels) > size:
        pixels = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    return Image.frombuffer("RGB", (size, size), pixels, "raw", "RGB", 0, 1)


def _meaning(word: str, tables: Mapping[View, Mapping[str, Meaning]], view: View) -> Meaning:
    """What a scene's word stands for; words of another painter's are read as the nearest known one."""
    table = tables[view]
    return table[nearest(word, tuple(table))]


class _Sitting:
    """One person being painted on one canvas."""

    def __init__(self, canvas: Canvas, rig: Rig, light: Light) -> None:
        self.canvas, self.rig, self.light = canvas, rig, light
        self.skin, self.hair, self.growth = skin_of(rig.face), hair_of(rig.face), beard_of(rig.face)
        self.head = head.head_outline(rig)
        self.hairdo = hair.hairdo_of(rig, self.hair, light.side)

    def paint(self, outfit: Outfit, expression: Expression) -> None:
        mouth = features.Mouth(self.rig.face, expression)
        growth = beard.grown(self.rig, self.growth, mouth)
        self._silhouettes(outfit)
        self._shadows(outfit, growth)
        self._features(expression, mouth, growth)
        self._gloss()

    def _silhouettes(self, outfit: Outfit) -> None:
        canvas, rig, skin = self.canvas, self.rig, self.skin
        bare = [Shape(head.neck(rig), skin.base), *marks.neck_lines(rig, skin)]
        ears = [] if self.hairdo.covers_ears else head.ears(rig, skin, (-1, 1), self.light.side)
        face = Shape(self.head, skin.base)
        canvas.fill([*outfit.back, *self.hairdo.back, *bare, *outfit.shapes, *ears, face])

    def _shadows(self, outfit: Outfit, growth: beard.Beard) -> None:
        canvas, rig, skin, unit = self.canvas, self.rig, self.skin, self.rig.unit
        cloth = canvas.stencil(outfit.body, [self.head])
        if outfit.stripes:
            stripes = Wash([Tone(stripe, 0.92) for stripe in outfit.stripes], 0.0)
            canvas.glaze(cloth, Glaze(outfit.stripe_colour, (stripes,)))
        canvas.glaze(cloth, Glaze(outfit.shade, (Wash(self._cloth_tones(outfit), 0.12 * unit),)))
        shading.shade_neck(canvas, rig, skin, self.light, [self.head, *outfit.body])
        glazes = shading.face_glazes(rig, skin, self.light, self.head, self.hairdo.cast)
        short = mix(self.hair.base, self.hair.dark, 0.3)
        stubble = mix(skin.shade, self.growth.dark, 0.6)
        if self.hairdo.scalp:
            glazes.append(Glaze(short, (Wash(self.hairdo.scalp, 0.02 * unit),)))
        if growth.tones:
            glazes.append(Glaze(stubble, (Wash(growth.tones, 0.05 * unit),)))
        canvas.glaze(canvas.stencil([self.head]), *glazes)

    def _cloth_tones(self, outfit: Outfit) -> list[Tone]:
        """The side of the body that is turned from the light, and what the head casts on it."""
        unit, light = self.rig.unit, self.light
        whole = [Tone(body, 0.42 * light.shade) for body in outfit.body]
        lit_part = [Tone(moved(body, light.side * 0.42 * unit, 0.10 * unit), 0.0) for body in outfit.body]
        cast: list[Points] = [moved(self.head, -light.side * 0.14 * unit, 0.42 * unit)]
        return [*whole, *lit_part, *(Tone(outline, 0.34) for outline in cast)]

    def _features(self, expression: Expression, mouth: features.Mouth, growth: beard.Beard) -> None:
        rig, skin, face = self.rig, self.skin, self.rig.face
        pale = face.look.hair_colour in ("grey", "white")
        own = mix(self.hair.dark, self.hair.deep, 0.6) if pale else mix(self.hair.dark, INK, 0.2)
        brow = standing_out(replace(self.hair, base=own), skin.base, 17).base
        lash = mix(INK, self.hair.deep, 0.15)
        details: list[Shape | Detail] = [
            *marks.age_lines(face, skin, mouth),
            *growth.under,
            *features.nose(rig, skin),
            *features.mouth(face, skin, mouth),
            *growth.over,
            *marks.marks(face, skin, mouth),
            *eyes.eyes(rig, skin, iris_of(face), lash, expression),
            *eyes.brows(face, brow, expression),
            *marks.brow_scar(face, skin),
        ]
        shapes = [*placed(rig, details), *glasses(rig), *self.hairdo.front]
        near = head.near_side(rig)
        if near is not None and not self.hairdo.covers_ears:  # it lies before the hair that is combed behind it
            shapes += head.ears(rig, skin, (near,), self.light.side)
        self.canvas.fill(shapes)

    def _gloss(self) -> None:
        if not self.hairdo.mass or not self.hairdo.gloss:
            return
        canvas, unit = self.canvas, self.rig.unit
        stencil = canvas.stencil(self.hairdo.mass)
        canvas.glaze(stencil, Glaze(self.hair.light, (Wash(self.hairdo.gloss, 0.05 * unit),)))
