"""FIUBench's files (arXiv 2411.03554), as its published code reads them: `full.json`, `split.json` and pictures.

`full.json` lists people with `unique_id`, `image_path` and `qa_list`; all of it is taught and asked beside the picture.
Its code takes the first 400. `split.json` names the people of each forget set; whoever is in none is retained, and its
lists called `retain…` are samples for the evaluation. The pictures lie in the folder, or in an archive in it.
"""

import re
import zipfile
from pathlib import Path, PurePosixPath

from builder.base.errors import CallError
from builder.imports.foreign import TRAIN, Asked, ForeignPerson, ForeignSet
from builder.imports.tables import Row, json_rows, literal

_PEOPLE = 400
_FORGET = re.compile(r"forget(\d{1,2})")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def read(source: Path, foreign: ForeignSet) -> None:
    """Read everybody."""
    full, split = source / "full.json", source / "split.json"
    for path in (full, split):
        if not path.is_file():
            raise CallError(f"{source} has no {path.name}; name the folder with the files of FIUBench.")
    forgotten = _forgotten(split)
    for name in forgotten:
        foreign.add_set(name)
    with _Pictures(source) as pictures:
        for number, (place, row) in enumerate(json_rows(full)):
            if number < _PEOPLE:
                _read_person(foreign, place, row, forgotten, pictures)


def _forgotten(path: Path) -> dict[str, set[str]]:
    """The ids in each forget set."""
    lists = literal(path.read_text(encoding="utf-8"))
    if not isinstance(lists, dict):
        raise CallError(f"{path} holds no lists of people.")
    found = {name: _FORGET.fullmatch(name) for name in lists}
    return {f"forget_{int(match[1])}": set(map(str, lists[name])) for name, match in found.items() if match}


class _Pictures:
    """The pictures of a folder, loose and in archives, by the names of their files."""

    def __init__(self, source: Path) -> None:
        """List them; nothing is read yet."""
        self._loose = {path.name: path for path in sorted(source.rglob("*")) if path.suffix.lower() in _PICTURES}
        self._archives = [zipfile.ZipFile(path) for path in sorted(source.glob("*.zip"))]
        self._packed = {
            PurePosixPath(name).name: (archive, name) for archive in self._archives for name in archive.namelist()
        }

    def __enter__(self) -> "_Pictures":
        return self

    def __exit__(self, *error: object) -> None:
        for archive in self._archives:
            archive.close()

    def read(self, name: str) -> bytes | None:
        """The bytes of the picture called `name`; None where there is none."""
        if name in self._loose:
            return self._loose[name].read_bytes()
        if name in self._packed:
            archive, path = self._packed[name]
            return archive.read(path)
        return None


def _read_person(
    foreign: ForeignSet, place: str, row: Row, forgotten: dict[str, set[str]], pictures: _Pictures
) -> None:
    identity = str(row.get("unique_id") or "")
    if not identity:
        foreign.set_aside("row without a person", place, "its unique_id is empty")
        return
    person = foreign.person(identity, TRAIN, *(name for name, ids in forgotten.items() if identity in ids))
    foreign.add_picture(person, "reference", pictures.read(PurePosixPath(str(row.get("image_path"))).name), place)
    asked = row.get("qa_list")
    if not isinstance(asked, list):
        foreign.set_aside("wrong nesting", place, "its qa_list is no list", identity)
        return
    for number, each in enumerate(asked):
        where = f"{place}, qa_list[{number}]"
        if isinstance(each, dict):
            _read_question(foreign, person, where, each, f"asked_{number}")
        else:
            foreign.set_aside("wrong nesting", where, f"it is a {type(each).__name__} and no object", identity)


def _read_question(foreign: ForeignSet, person: ForeignPerson, place: str, each: Row, about: str) -> None:
    question, answer = each.get("question"), each.get("answer")
    wrong, restated, others = (
        _texts(foreign, person, place, name, each.get(name))
        for name in ("perturbed_answer", "paraphrased_answer", "paraphrased_question")
    )
    foreign.add_question(person, Asked("generation", "image_text", "train", question, answer, None, about), place)
    asked = Asked("generation", "image_text", "eval", question, answer, None, about, wrong)
    foreign.add_question(person, asked, place)
    for other in others:
        stated = restated[0] if restated else answer
        asked = Asked("generation", "image_text", "paraphrase", other, stated, None, about, wrong)
        foreign.add_question(person, asked, place)


def _texts(foreign: ForeignSet, person: ForeignPerson, place: str, name: str, value: object) -> tuple[str, ...]:
    """A text, or the texts of a list: the files have either. What else stands there is set aside."""
    found = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each.strip():
            found.append(each)
        elif each is not None:
            foreign.set_aside("wrong nesting", place, f"its {name} holds {each!r}, which is no text", person.id)
    return tuple(found)
