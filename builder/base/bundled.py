"""The files bundled with the package: schemas, prompts and recipes.

In a checkout, `schemas/` and `prompts/` are at the top level; a wheel has them inside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_CHECKOUT = _PACKAGE.parent


def folder(name: str) -> Path:
    """The folder of bundled files called `name`: "schemas", "prompts", "recipes"; "builder" is the package itself."""
    if name == "builder":
        return _PACKAGE
    inside = _PACKAGE / "bundled_files" / name
    if inside.is_dir():
        return inside
    return _PACKAGE / name if name == "recipes" else _CHECKOUT / name
