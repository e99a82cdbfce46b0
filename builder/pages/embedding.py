"""Embeds records in pages safely: no text in a record can end a script or start markup."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
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


def fill(frame: Path, styles: Sequence[Path], code: Sequence[Path], parts: Mapping[str, str]) -> str:
    """A page that needs nothing from elsewhere: its frame with its styles, its code and `parts`, which are HTML.

    Its policy lets no other code run and nothing be loaded.
    """
    script = _join(code)
    known = {**parts, "styles": _join(styles), "code": script, "policy": _policy(script)}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: known[match[1]], frame.read_text(encoding="utf-8"))


def _join(paths: Sequence[Path]) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def _policy(code: str) -> str:
    """What a browser may do for the page: run this very code, show pictures that stand in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii")
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
