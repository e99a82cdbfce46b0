"""Pictures on Wikimedia Commons: which may be passed on, by whom they are and under which licence."""

import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from builder.figures.licences import licence
from builder.figures.mediawiki import Site, together
from builder.figures.pictures import FORMATS, MOST_BYTES, MOST_PIXELS
from builder.figures.plain import plain
from builder.figures.references import CommonsPicture

_PAGES = "https://commons.wikimedia.org/wiki/"
_NO_TITLE = frozenset("|#<>[]{}")
"""Signs that no title has."""


@dataclass(frozen=True)
class Unusable:
    """A picture that cannot be used, and the reason."""

    reason: str


def pictures(site: Site, names: Iterable[str]) -> dict[str, CommonsPicture | Unusable]:
    """What Commons says of each file: the picture, or the reason why it may not be used."""
    names = list(names)
    asked = {name: _title(name) for name in names if not _NO_TITLE & set(name)}
    pages: dict[str, Mapping[str, Any]] = {}
    renamed: dict[str, str] = {}
    for some in together(asked.values()):
        for answer in site.ask_all(
            action="query",
            titles="|".join(some),
            redirects="1",
            prop="imageinfo",
            iiprop="sha1|url|size|mime|extmetadata",
            iiextmetadatalanguage="en",
            iiextmetadatafilter="License|LicenseShortName|Artist|Restrictions",
        ):
            with site.understood():
                query = answer.data["query"]
                renamed |= {
                    each["from"]: each["to"] for key in ("normalized", "redirects") for each in query.get(key, ())
                }
                for page in query["pages"]:
                    pages[page["title"]] = {**pages.get(page["title"], {}), **page}
    found: dict[str, CommonsPicture | Unusable] = {}
    for name in names:
        with site.understood():
            found[name] = (
                _picture(_page(asked[name], pages, renamed)) if name in asked else Unusable("its name is no title")
            )
    return found


def file_name(source_url: str) -> str:
    """The name of the file whose page is at an address."""
    return urllib.parse.unquote(source_url.removeprefix(f"{_PAGES}File:"))


def _title(name: str) -> str:
    spaced = " ".join(name.replace("_", " ").split())
    return f"File:{spaced[:1].upper()}{spaced[1:]}"


def _page(title: str, pages: Mapping[str, Mapping[str, Any]], renamed: Mapping[str, str]) -> Mapping[str, Any]:
    """The page of a title, through as many new names as there are redirects, and no further."""
    for _ in renamed:
        title = renamed.get(title, title)
    return pages.get(title, {})


def _picture(page: Mapping[str, Any]) -> CommonsPicture | Unusable:
    if not page.get("imageinfo"):
        return Unusable("Wikimedia Commons has no such file, or it was deleted")
    info = page["imageinfo"][0]
    if not info.get("sha1"):
        return Unusable("Wikimedia Commons hides the file")
    metadata = info.get("extmetadata") or {}
    if restrictions := _said(metadata, "Restrictions"):
        return Unusable(f"its use is restricted: {restrictions}")
    key = _said(metadata, "License")
    terms = licence(key)
    if terms is None:
        named = key or _said(metadata, "LicenseShortName") or "none is stated"
        return Unusable(f"its licence is not on the list: {named}")
    author = _said(metadata, "Artist")
    if terms.names_author and not author:
        return Unusable(f"its licence, {terms.name}, asks for an author, and none is named")
    if odd := _oddity(info):
        return Unusable(odd)
    title = str(page["title"])
    return CommonsPicture(
        title=title,
        source_url=_PAGES + urllib.parse.quote(title.replace(" ", "_"), safe=":"),
        author=author,
        licence=terms.name,
        licence_url=terms.url,
        sha1=str(info["sha1"]),
        url=str(info["url"]),
    )


def _oddity(info: Mapping[str, Any]) -> str:
    """Why a file is not downloaded, whatever its licence; nothing if it can be."""
    pixels = int(info["width"]) * int(info["height"])
    if info["mime"] not in FORMATS:
        return f"its type is not on the list: {plain(str(info['mime']))}"
    if int(info["size"]) > MOST_BYTES:
        return f"its file has {int(info['size']) / 2**20:,.0f} MiB; at most {MOST_BYTES // 2**20} are downloaded"
    if pixels > MOST_PIXELS:
        return f"it has {pixels // 10**6:,} million pixels; at most {MOST_PIXELS // 10**6} million are decoded"
    return ""


def _said(metadata: Mapping[str, Any], field: str) -> str:
    return plain(str((metadata.get(field) or {}).get("value", "")))
