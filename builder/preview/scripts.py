"""Data as scripts: a page opened from the disk may load a script, but may not fetch a file.

Whatever stands in a record is data here and stays data: no text of it can end the script or start markup.
"""

import json
from pathlib import Path
from typing import Any

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def to_script(name: str, value: Any) -> str:
    """A script that hands `value` to the page as `gallery.receive(name, value)`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return f"gallery.receive({json.dumps(name)},{text});\n"


def write(path: Path, name: str, value: Any) -> None:
    """Write `value` as a script. The folder exists, and the whole site is put in place at once when it is done."""
    path.write_text(to_script(name, value), encoding="utf-8")
