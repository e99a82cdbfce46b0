"""index.html: the report as one page that opens from the disk and needs nothing from elsewhere.

Whatever comes from a release or a model stands in it as JSON, which its code shows as text. The page's policy lets no
other code run and nothing be loaded.
"""

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.baseline.report.overview import overview, title
from builder.pages.embedding import ASSETS as SHARED
from builder.pages.embedding import to_json

ASSETS = Path(__file__).with_name("assets")
_STYLES = (
    *(SHARED / f"{name}.css" for name in ("base", "controls", "charts")),
    *(ASSETS / f"{name}.css" for name in ("overview", "items", "item")),
)
_CODE = (
    *(SHARED / f"{name}.js" for name in ("core", "charts")),
    *(ASSETS / f"{name}.js" for name in ("models", "plots", "items", "overview", "tables")),
    *(ASSETS / f"{name}.js" for name in ("filters", "list", "answers", "item", "browser", "main")),
)


def page(found: Mapping[str, Any], browsed: Mapping[str, Any]) -> str:
    """The whole page: what was found, and the items as `browsing.browse` lays them out."""
    code = _join(_CODE)
    parts = {
        "title": html.escape(title(found)),
        "policy": _policy(code),
        "styles": _join(_STYLES),
        "code": code,
        "overview": to_json(overview(found)),
        "items": to_json(browsed),
    }
    frame = (ASSETS / "index.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], frame)


def _join(paths: tuple[Path, ...]) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def _policy(code: str) -> str:
    """What a browser may do for the page: run this very code, show pictures that stand in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii")
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
