"""The packages that only a run with a language model needs: they come with an extra, and are slow to import."""

import importlib
from typing import Any

from builder.base.errors import CallError

_NEEDED = ("jinja2", "openai", "aiohttp", "httpx2")
"""For the prompts, for requests, and as their transport."""


def check() -> None:
    """Import all of them. Raises CallError when one is not installed."""
    for name in _NEEDED:
        package(name)


def package(name: str) -> Any:
    """The module `name`. Raises CallError, saying how to get it, when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise CallError("A language model needs more packages: pip install 'build-bench[openai]'.") from None
