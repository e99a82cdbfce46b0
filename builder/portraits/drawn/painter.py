"""The offline painter: draws faces on the CPU, with nothing but Pillow and numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from PIL import Image

from builder.base.records import View
from builder.portraits.drawn import backdrop, beard, clothes, eyes, features, hair, head, marks, shading
from builder.portraits.drawn.canvas import Canvas, Shape, Tone, Wash
from builder.portraits.drawn.clothes.tailoring import Outfit
from builder.portraits.drawn.curves import Points, moved
from builder.portraits.drawn.expression import EXPRESSIONS, Expression
from builder.portraits.drawn.face import Face, face_of
from builder.portraits.drawn.glasses import glasses
from builder.portraits.drawn.light import LIGHTS, Light, lit, lit_cloth, lit_place
from builder.portraits.drawn.palette import INK, beard_of, hair_of, iris_of, mix, skin_of, standing_out
from builder.portraits.drawn.pose import FRAMINGS, POSES, Rig, varied
from builder.portraits.painter import Order
from builder.portraits.words import nearest

Meaning = TypeVar("Meaning")


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
    place = backdrop.painted(_meaning(scene.background, backdrop.BACKDROPS, order.view), order.size, chance)
    canvas = Canvas(lit_place(place, light), _fineness(order.size))
    rig = Rig(face, pose, framing, order.size)
    garment = _meaning(scene.clothes, clothes.CLOTHES, order.view)
    worn = replace(garment, colour=lit_cloth(garment.colour, light), under=lit_cloth(garment.under, light))
    outfit = clothes.outfit(rig, worn)
    expression = _meaning(scene.expression, EXPRESSIONS, order.view)
    _Sitting(canvas, rig, light).paint(outfit, expression)
    return lit(canvas.picture(), light)


def _meaning(word: str, tables: Mapping[View, Mapping[str, Meaning]], view: View) -> Meaning:
    """What a scene's word stands for; words of another painter's are read as the nearest known one."""
    table = tables[view]
    return table[nearest(word, tuple(table))]


def _fineness(size: int) -> int:
    """How much finer the sheet is than the picture: small pictures can afford more, and need it."""
    if size >= 1024:
        return 2
    return 3 if size >= 192 else 4 if size >= 96 else 6


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
        canvas.fill([*outfit.back, *self.hairdo.back, *bare, *outfit.shapes])
        if not self.hairdo.covers_ears:
            canvas.fill(head.ears(rig, skin, (-1, 1), self.light.side))
        canvas.fill([Shape(self.head, skin.base)])

    def _shadows(self, outfit: Outfit, growth: beard.Beard) -> None:
        canvas, rig, skin, unit = self.canvas, self.rig, self.skin, self.rig.unit
        cloth = canvas.stencil(outfit.body, [self.head])
        if outfit.stripes:
            canvas.glaze(cloth, outfit.stripe_colour, Wash([Tone(stripe, 0.92) for stripe in outfit.stripes], 0.0))
        canvas.glaze(cloth, outfit.shade, Wash(self._cloth_tones(outfit), 0.12 * unit))
        shading.shade_neck(canvas, rig, skin, self.light, [self.head, *outfit.body])
        face = shading.shade_face(canvas, rig, skin, self.light, self.head, self.hairdo.cast)
        short = mix(self.hair.base, self.hair.dark, 0.3)
        stubble = mix(skin.shade, self.growth.dark, 0.6)
        if self.hairdo.scalp:
            canvas.glaze(face, short, Wash(self.hairdo.scalp, 0.02 * unit))
        if growth.tones:
            canvas.glaze(face, stubble, Wash(growth.tones, 0.05 * unit))

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
        self.canvas.fill(
            [
                *marks.age_lines(rig, skin, mouth),
                *growth.under,
                *features.nose(rig, skin),
                *features.mouth(rig, skin, mouth),
                *growth.over,
                *marks.marks(rig, skin, mouth),
                *eyes.eyes(rig, skin, iris_of(face), lash, expression),
                *eyes.brows(rig, brow, expression),
                *marks.brow_scar(rig, skin),
                *glasses(rig),
                *self.hairdo.front,
            ]
        )
        near = head.near_side(rig)
        if near is not None and not self.hairdo.covers_ears:  # it lies before the hair that is combed behind it
            self.canvas.fill(head.ears(rig, skin, (near,), self.light.side))

    def _gloss(self) -> None:
        if not self.hairdo.mass or not self.hairdo.gloss:
            return
        canvas, unit = self.canvas, self.rig.unit
        stencil = canvas.stencil(self.hairdo.mass)
        canvas.glaze(stencil, self.hair.light, Wash(self.hairdo.gloss, 0.05 * unit))
