"""`figures fetch`: ask Wikidata and Wikimedia Commons for the roster's people, and check later what was found."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from builder.base.errors import CallError
from builder.base.progress import Progress
from builder.base.records import Source
from builder.figures import references
from builder.figures.commons import Unusable, file_name, pictures
from builder.figures.items import WikidataItem, fitting, items, labels, search
from builder.figures.mediawiki import Site, agent
from builder.figures.pictures import PICTURES, UnusablePicture, download, original, stored, usable
from builder.figures.references import ANSWERS, CommonsPicture, Reference, References, Refusal
from builder.figures.roster import PublicFigure, roster

WIKIDATA, COMMONS = "BUILD_BENCH_WIKIDATA_API", "BUILD_BENCH_COMMONS_API"
"""The environment variables that name other servers of the same protocol."""

_PUBLIC = {WIKIDATA: "https://www.wikidata.org/w/api.php", COMMONS: "https://commons.wikimedia.org/w/api.php"}
_COMPARED = ("qid", "birthplace", "citizenships", "occupations")
_ITEMS = "https://www.wikidata.org/wiki/"

Candidates = Mapping[PublicFigure, Sequence[str]]
"""The items that somebody may be."""


@dataclass(frozen=True)
class Fetched:
    """What is known of the roster's people, and the folder that keeps it; `with_pictures`: their files, too."""

    folder: Path
    references: References
    with_pictures: bool = False

    def __str__(self) -> str:
        found, refused = self.references.found, self.references.refused
        pictured = sum(each.usable_picture is not None for each in found)
        lines = [
            f"{len(found)} of {len(found) + len(refused)} public figures are in Wikidata with the roster's years; "
            f"{pictured} have a picture that may be passed on."
        ]
        lines += [f"  refused: {each.name}: {each.reason}" for each in refused]
        lines += [f"  no picture: {each.name}: {each.no_picture}" for each in found if not each.usable_picture]
        lines += [f"  pictures: {self.folder / PICTURES}"] if self.with_pictures else []
        return "\n".join([*lines, f"  references: {self.folder / references.REFERENCES}"])


@dataclass(frozen=True)
class CheckedReferences:
    """What has changed since the references of a folder were fetched.

    `revised` are edited items that still say the same; `changed` is all that no longer holds.
    """

    looked_at: int
    revised: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether every reference still holds."""
        return not self.changed

    def __str__(self) -> str:
        state = "all hold" if self.sound else f"{len(self.changed)} changes"
        lines = [f"{self.looked_at} public figures checked: {state}."]
        lines += [f"  changed: {line}" for line in self.changed]
        lines += [f"  revised, and says the same: {line}" for line in self.revised]
        return "\n".join(lines)


def fetch(folder: Path, contact: str, count: int | None = None, *, with_pictures: bool = False) -> Fetched:
    """Ask for the first `count` people of the roster, for everybody without it; what is in the folder is not asked.

    `with_pictures` downloads their pictures, too.
    """
    _check_call(folder, contact)
    figures = roster()[:count]
    if count is not None and not 1 <= count <= len(roster()):
        raise CallError(f"count = {count}, and the roster has {len(roster())} public figures.")
    wikidata, commons = _sites(folder / ANSWERS, contact)
    found = _gathered({figure: search(wikidata, figure.name) for figure in figures}, wikidata, commons)
    references.write(folder, found)
    if with_pictures:
        found = _with_pictures(folder, found, commons)
        references.write(folder, found)
    return Fetched(folder, found, with_pictures)


def _with_pictures(folder: Path, found: References, commons: Site) -> References:
    """The references once the pictures are in the folder: one that cannot be used says why."""
    downloaded = []
    with Progress("pictures", "pictures", sum(each.picture is not None for each in found.found)) as progress:
        for each in found.found:
            downloaded.append(_downloaded(folder, each, commons))
            progress.advance(each.picture is not None)
    return replace(found, found=tuple(downloaded))


def _downloaded(folder: Path, reference: Reference, commons: Site) -> Reference:
    if not reference.picture:
        return reference
    try:
        download(folder, reference.picture, commons)
    except UnusablePicture as error:
        return replace(reference, no_picture=str(error))
    return reference


def by_hash(folder: Path, named: Mapping[str, Source], contact: str) -> dict[str, str]:
    """Have the files of the pictures that sources name in `folder`; return why some cannot be had, by person.

    What `folder` has is not asked for. Of the others Commons must still say the same: sha1 and licence.
    """
    _check_call(folder, contact)
    lacking = [source for source in named.values() if original(folder, source.sha1) is None]
    with tempfile.TemporaryDirectory() as answers:
        _, commons = _sites(Path(answers), contact)
        now = pictures(commons, (file_name(source.source_url) for source in lacking))
    refused: dict[str, str] = {}
    with Progress("pictures", "pictures", len(named)) as progress:
        for name, source in named.items():
            try:
                if not usable(folder, source.sha1):
                    download(folder, _as_named(source, now[file_name(source.source_url)]), commons)
            except UnusablePicture as error:
                refused[name] = str(error)
            progress.advance(1)
    return refused


def _as_named(source: Source, found: CommonsPicture | Unusable) -> CommonsPicture:
    """The picture that Commons has now, if it is the one that a source names. Raises UnusablePicture otherwise."""
    if isinstance(found, Unusable):
        raise UnusablePicture(found.reason)
    for field in ("sha1", "licence"):
        before, after = getattr(source, field), getattr(found, field)
        if before != after:
            raise UnusablePicture(f"its {field} was {before} and is {after}")
    return found


def check(folder: Path, contact: str) -> CheckedReferences:
    """Ask anew for everybody whom a folder has references of, and compare."""
    _check_call(folder, contact)
    kept = references.read(folder)
    by_name = {figure.name: figure for figure in roster()}
    if unknown := [each.name for each in kept.found if each.name not in by_name]:
        raise CallError(f"{folder} has {unknown[0]}, who is not in the roster; fetch into a new folder.")
    with tempfile.TemporaryDirectory() as answers:
        wikidata, commons = _sites(Path(answers), contact)
        now = _gathered({by_name[each.name]: [each.qid] for each in kept.found}, wikidata, commons)
    after = {each.name: each for each in now.found}
    changed = [f"{each.name}: {each.reason}" for each in now.refused]
    revised = []
    for before in kept.found:
        if before.name in after:
            differences = list(_differences(before, after[before.name]))
            changed += [f"{before.name}: {line}" for line in differences]
            if before.revision_id != after[before.name].revision_id and not differences:
                revised.append(f"{before.name}: revision {before.revision_id} is now {after[before.name].revision_id}")
        if before.picture and _is_damaged(folder, before.picture.sha1):
            changed.append(f"{before.name}: the picture's file in the folder no longer has the sha1")
    return CheckedReferences(len(kept.found), tuple(revised), tuple(changed))


def _is_damaged(folder: Path, sha1: str) -> bool:
    return stored(folder, sha1).exists() and original(folder, sha1) is None


def _check_call(folder: Path, contact: str) -> None:
    agent(contact)
    if folder.exists() and not folder.is_dir():
        raise CallError(f"{folder} is not a folder.")


def _sites(answers: Path, contact: str) -> tuple[Site, Site]:
    """Wikidata and Commons."""
    wikidata, commons = (Site(os.environ.get(name, "") or url, answers, contact) for name, url in _PUBLIC.items())
    return wikidata, commons


def _gathered(candidates: Candidates, wikidata: Site, commons: Site) -> References:
    """What the sites say of people who may be these items; what does not depend on another answer is asked together."""
    known = items(wikidata, (qid for qids in candidates.values() for qid in qids))
    found: dict[str, WikidataItem] = {}
    refused = []
    for figure, qids in candidates.items():
        fits = fitting(figure, {known[qid].qid: known[qid] for qid in qids if qid in known}.values())
        if isinstance(fits, WikidataItem):
            found[figure.name] = fits
        else:
            refused.append(Refusal(figure.name, fits))
    named = labels(wikidata, (qid for item in found.values() for qid in item.named_items))
    pictured = pictures(commons, (item.pictures[0] for item in found.values() if item.pictures))
    return References(tuple(_reference(name, item, named, pictured) for name, item in found.items()), tuple(refused))


def _reference(
    name: str, item: WikidataItem, named: Mapping[str, str], pictured: Mapping[str, CommonsPicture | Unusable]
) -> Reference:
    picture = pictured[item.pictures[0]] if item.pictures else Unusable("the item has no picture (P18)")
    places = _called(item.birthplaces, named)
    return Reference(
        name=name,
        qid=item.qid,
        revision_id=item.revision_id,
        source_url=_ITEMS + item.qid,
        birthplace=places[0] if len(places) == 1 else "",
        citizenships=_called(item.citizenships, named),
        occupations=_called(item.occupations, named),
        retrieved=item.retrieved,
        picture=picture if isinstance(picture, CommonsPicture) else None,
        no_picture=picture.reason if isinstance(picture, Unusable) else "",
    )


def _called(qids: Sequence[str], named: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(named[qid] for qid in qids if named.get(qid))


def _differences(before: Reference, after: Reference) -> Iterator[str]:
    """What another answer says otherwise, the number of the revision aside."""
    for field in _COMPARED:
        yield from _difference(field, getattr(before, field), getattr(after, field))
    if before.picture and not after.picture:
        yield f"the picture can no longer be used: {after.no_picture}"
    if after.picture and not before.picture:
        yield f"there is a picture now: {after.picture.source_url}"
    if before.picture and after.picture:
        for each in fields(CommonsPicture):
            yield from _difference(
                f"the picture's {each.name}", getattr(before.picture, each.name), getattr(after.picture, each.name)
            )


def _difference(what: str, before: str | tuple[str, ...], after: str | tuple[str, ...]) -> Iterator[str]:
    if before != after:
        yield f"{what} was {_shown(before)} and is {_shown(after)}"


def _shown(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else ", ".join(value)) or "nothing"
