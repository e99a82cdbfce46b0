from collections.abc import Iterator

import pytest

from tests.figures.wikimedia import Wikimedia, asked_instead


@pytest.fixture
def server() -> Iterator[Wikimedia]:
    """Both sites with four people of the roster, asked in place of the public ones."""
    with asked_instead() as kept:
        yield kept
