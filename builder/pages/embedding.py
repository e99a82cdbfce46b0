"""Embeds records in pages safely: no text in a record can end a script or start markup."""

import json
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).with_name("assets")
"""The look and the code that pages share."""
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def to_json(value: Any) -> str:
    """`value` as JSON that is safe inside a script of a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return text
