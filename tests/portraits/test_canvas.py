"""The canvas: shapes cover what they outline and blend if they are translucent; soft tones keep to their stencil."""

import numpy as np
import numpy.typing as npt
import pytest

from builder.portraits.drawn.canvas import Canvas, Glaze, Shape, Tone, Wash
from builder.portraits.drawn.curves import Points, ellipse, points, ribbon

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def _canvas(size: int = 64) -> Canvas:
    return Canvas(np.zeros((size, size, 3), np.uint8))


def _square(x: float, y: float, side: float) -> Points:
    return points((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def _covered(*outlines: Points) -> float:
    """The area that shapes cover, in pixels."""
    canvas = _canvas()
    canvas.fill([Shape(outline, WHITE) for outline in outlines])
    return float(canvas.pixels[..., 0].sum()) / 255


@pytest.mark.parametrize("place", [10.0, 10.25, 10.5, 17.8])
def test_a_shape_covers_its_area_wherever_it_lies(place: float) -> None:
    assert _covered(_square(place, place / 2, 30)) == pytest.approx(900, rel=0.03)
    assert _covered(_square(place, place / 2, 30)[::-1]) == pytest.approx(900, rel=0.03)
    assert _covered(ellipse(30, place + 5, 12, 9, 60)) == pytest.approx(np.pi * 108, rel=0.03)


def test_a_stroke_is_as_wide_as_it_is_asked_to_be() -> None:
    line = points(*((x, 0.3 * x + 20) for x in np.linspace(10, 50, 9)))
    length = float(np.hypot(40, 12))
    for width in (2.0, 3.0, 5.0):
        assert _covered(ribbon(line, width)) == pytest.approx(length * width, rel=0.06)


def test_shapes_that_cross_do_not_cancel_each_other() -> None:
    assert _covered(_square(10, 10, 20), _square(20, 20, 20)) == pytest.approx(700, rel=0.04)


def test_a_translucent_shape_lets_through_what_lies_below() -> None:
    canvas = _canvas()
    canvas.fill([Shape(_square(0, 0, 64), (200, 100, 0)), Shape(_square(20, 20, 20), (*WHITE, 51))])
    assert canvas.pixels[30, 30].tolist() == [211, 131, 51]
    assert canvas.pixels[10, 10].tolist() == [200, 100, 0]


def test_shapes_may_leave_the_picture() -> None:
    canvas = _canvas()
    canvas.fill([Shape(_square(-500, -500, 520), WHITE), Shape(_square(300, 10, 20), (*WHITE, 90))])
    assert canvas.pixels[5, 5].tolist() == [255, 255, 255]
    assert canvas.pixels[40:, 40:].max() == 0


def _glazed(*glazes: Glaze) -> npt.NDArray[np.uint8]:
    canvas = _canvas()
    canvas.fill([Shape(_square(0, 0, 64), WHITE)])
    stencil = canvas.stencil([_square(10, 10, 40)], [_square(10, 10, 10)])
    canvas.glaze(stencil, *glazes)
    return np.asarray(canvas.pixels[..., 0], np.uint8)


def test_a_glaze_keeps_to_its_stencil() -> None:
    level = _glazed(Glaze(BLACK, (Wash([Tone(_square(-20, -20, 100), 0.5)], 3.0),)))
    assert level[30, 30] == pytest.approx(128, abs=2)
    for y, x in ((5, 30), (30, 5), (55, 30), (14, 14)):
        assert level[y, x] == 255


def test_washes_of_one_glaze_do_not_add_up_and_glazes_lie_on_each_other() -> None:
    wash = Wash([Tone(_square(-20, -20, 100), 0.5)], 3.0)
    assert _glazed(Glaze(BLACK, (wash, wash)))[30, 30] == pytest.approx(128, abs=2)
    assert _glazed(Glaze(BLACK, (wash,)), Glaze(BLACK, (wash,)))[30, 30] == pytest.approx(64, abs=3)


def test_a_wash_is_soft() -> None:
    level = _glazed(Glaze(BLACK, (Wash([Tone(_square(-20, -20, 50), 1.0)], 4.0),)))[25]
    assert level[14] < 10
    assert level[46] > 245
    assert np.abs(np.diff(level[20:44].astype(int))).max() < 40


def test_light_scales_the_colours() -> None:
    canvas = Canvas(np.zeros((64, 64, 3), np.uint8), (0.5, 1.0, 1.2))
    canvas.fill([Shape(_square(0, 0, 64), (100, 100, 250))])
    assert canvas.pixels[30, 30].tolist() == [50, 100, 255]


def test_a_translucent_stroke_finer_than_a_pixel_is_faint() -> None:
    """It cannot be drawn finer than edges are, but hardly shows, as if it were."""
    canvas = _canvas()
    line = points(*((x, 20.0) for x in np.linspace(10, 50, 9)))
    canvas.fill([Shape(ribbon(line, 0.4), (*WHITE, 200))])
    assert canvas.pixels[..., 0].sum() / 255 == pytest.approx(40 * 0.4 * 200 / 255, rel=0.4)
