"""Where people dream of going."""

import functools
from dataclasses import dataclass

from builder.profiles import sources


@dataclass(frozen=True)
class Destination:
    """A dream destination, and the locale of its country; None if nobody here lives in that country."""

    name: str
    locale: str | None


@functools.cache
def destinations() -> tuple[Destination, ...]:
    """Every destination."""
    homes: dict[str, list[str]] = sources.table("lives")["destinations"]
    return tuple(
        Destination(name, None if home == "elsewhere" else home) for home, names in homes.items() for name in names
    )
