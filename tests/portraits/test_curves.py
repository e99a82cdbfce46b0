"""Curves: splines pass through their points, ribbons have their width."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.portraits.drawn.curves import Points, arched, closed, ellipse, mirrored, points, ribbon, smooth

control = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=12).map(
    lambda pairs: points(*pairs)
)


@given(control, st.integers(1, 9))
def test_splines_pass_through_their_points(at: Points, steps: int) -> None:
    assert np.allclose(closed(at, steps)[::steps], at)
    assert np.allclose(smooth(at, steps)[::steps], at)
    assert len(smooth(at, steps)) == (len(at) - 1) * steps + 1


def test_straight_lines_stay_straight() -> None:
    line = smooth(points((0, 0), (1, 2), (2, 4), (3, 6)))
    assert np.allclose(line[:, 1], 2 * line[:, 0])


def test_a_ribbon_is_as_wide_as_asked() -> None:
    line = points(*((float(x), 0.0) for x in range(9)))
    outline = ribbon(line, 2.0, 4.0)
    upper, lower = outline[:9], outline[9:][::-1]
    assert np.allclose(np.abs(upper[:, 1] - lower[:, 1]), np.linspace(2, 4, 9))


def test_halves_are_completed() -> None:
    half = points((0, 1), (2, 2), (1, 3))
    assert mirrored(half).tolist() == [[0, 1], [2, 2], [1, 3], [-1, 3], [-2, 2]]
    assert arched(half).tolist() == [[-1, 3], [-2, 2], [0, 1], [2, 2], [1, 3]]


@pytest.mark.parametrize("count", [8, 29])
def test_an_ellipse_has_its_radii(count: int) -> None:
    ring = ellipse(3, 4, 2, 1, count)
    assert len(ring) == count
    assert np.allclose((((ring - (3, 4)) / (2, 1)) ** 2).sum(axis=1), 1)
