"""The licences under which a picture may be passed on, by the keys that Wikimedia Commons gives them."""

import re
from dataclasses import dataclass

_CREATIVE_COMMONS = re.compile(r"cc-(by|by-sa)-(1\.0|2\.0|2\.5|3\.0|4\.0)(?:-([a-z]{2}|igo))?")
_HOME = "https://creativecommons.org"


@dataclass(frozen=True)
class Licence:
    """A licence's name and address. Both follow from the key: what the metadata says of them is not taken over."""

    name: str
    url: str
    names_author: bool
    """Whether whoever passes the work on must name its author."""


def licence(key: str) -> Licence | None:
    """The licence of a key if it is on the allow list: public domain, CC0, CC BY and CC BY-SA."""
    if key == "pd":
        return Licence("Public domain", f"{_HOME}/publicdomain/mark/1.0/", names_author=False)
    if key == "cc0":
        return Licence("CC0 1.0", f"{_HOME}/publicdomain/zero/1.0/", names_author=False)
    if found := _CREATIVE_COMMONS.fullmatch(key):
        kind, version, place = found.groups(default="")
        name = f"CC {kind.upper()} {version} {place.upper()}".rstrip()
        return Licence(name, f"{_HOME}/licenses/{kind}/{version}/{place}{'/' * bool(place)}", names_author=True)
    return None
