"""Data as scripts: a page opened from the disk may load a script, but may not fetch a file."""

import json
from pathlib import Path
from typing import Any

from builder.pages.embedding import to_json


def to_script(name: str, value: Any) -> str:
    """A script that hands `value` to the page as `page.receive(name, value)`."""
    return f"page.receive({json.dumps(name)},{to_json(value)});\n"


def write_script(path: Path, name: str, value: Any) -> None:
    """Write `value` as a script. The folder exists, and the whole site is put in place at once when it is done."""
    path.write_text(to_script(name, value), encoding="utf-8")
