"""Plain text out of HTML that others wrote. Nothing of it is ever rendered."""

import unicodedata
from html.parser import HTMLParser

_LONGEST = 200
_UNSEEN = frozenset({"script", "style", "template", "noscript"})


def plain(html: str) -> str:
    """The text of a piece of HTML on one line, without tags, scripts, angle brackets and invisible signs."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    spaced = " ".join("".join(parser.parts).split())
    visible = "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C" and sign not in "<>")
    return visible if len(visible) <= _LONGEST else visible[: _LONGEST - 1].rstrip() + "…"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag in _UNSEEN
        self.parts.append(" " if tag in ("br", "p", "div", "li", "tr", "td") else "")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in _UNSEEN and self._inside > 0

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.parts.append(data)
