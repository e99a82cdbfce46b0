"""index.html: the report as one page that opens from the disk and needs nothing from elsewhere.

All data from a release or a model is embedded as JSON, which the page's code shows as text. The page's policy allows no
other code to run and nothing to be loaded.
"""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.baseline.report.overview import overview
from builder.baseline.report.table import title
from builder.pages.embedding import ASSETS as SHARED
from builder.pages.embedding import fill, to_json

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
    parts = {"title": html.escape(title(found)), "overview": to_json(overview(found)), "items": to_json(browsed)}
    return fill(ASSETS / "index.html", _STYLES, _CODE, parts)
