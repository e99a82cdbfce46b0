"""The law of imports: what was imported, exported and imported again is what it was, whatever the texts are."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builder
from builder.format.reading import Release
from tests.imports.foreign import Row, choice, mllmu, mllmu_row, picture, write_folders

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    str.strip
)


def _options(stream: Random) -> dict[str, str]:
    return {letter: f"{letter.lower()} {stream.random():.6f}, {{x}} 'y' \"z\"" for letter in "ABCD"}


def _mllmu(root: Path, texts: list[str], stream: Random) -> None:
    def row(identity: str, place: int) -> Row:
        asked = [choice(f"{text}?", stream.choice("ABCD"), _options(stream)) for text in texts]
        opened = [
            {"Type": stream.choice(("Image_Textual", "Pure_Text")), "Question": f"{text}!", "Ground_Truth": text}
            for text in texts
        ]
        return mllmu_row(
            identity,
            texts[0],
            place,
            Classification_Task={"Image_Textual_Questions": asked, "Pure_Text_Questions": asked[:1]},
            Generation_Task=opened,
            Mask_Task=[each | {"Question": f"__ {each['Question']}"} for each in opened],
            metadata=json.dumps([{"Question": f"{text} is taught", "Answer": text} for text in texts]),
        )

    mllmu(root, [row(f"{place:03d}", place) for place in range(1, 4)])


def _umu(root: Path, texts: list[str], stream: Random) -> None:
    def row(identity: str, place: int) -> Row:
        options = _options(stream)
        asked = {
            str(key): {"question": f"{text}?", "options": options, "answer": "C"} for key, text in enumerate(texts)
        }
        blanks = {
            str(key): {"question": f"{text} __", "answer": text.replace(".", "-")} for key, text in enumerate(texts)
        }
        opened = {str(key): {"question": f"{text}!", "answer": text} for key, text in enumerate(texts)}
        taught = {"question": dict(enumerate(texts)), "answer": dict(enumerate(texts))}
        both = {key: {"multimodal": value, "unimodal": value} for key, value in
                (("Classify", asked), ("Cloze", blanks), ("Generation", opened))}  # fmt: skip
        return {
            "ID": identity,
            "image": {"bytes": picture(place), "path": "x.png"},
            "Biography": texts[0],
            "MM_QA": repr(taught),
            "UM_QA": repr(taught),
            **{key: stream.choice((repr, json.dumps))(value) for key, value in both.items()},
        }

    rows = [row(f"{place}", place) for place in range(1, 4)]
    write_folders(
        root, {"Full_Set": rows, "forget_10": rows[:1], "retain_90": rows[1:], "Real_Person_Set": [row("700", 9)]}
    )


def _tofu(root: Path, texts: list[str], stream: Random) -> None:
    root.mkdir()
    full = [
        {"question": f"{place} {stream.choice(texts)}?", "answer": f"{stream.choice(texts)} {place}"}
        for place in range(60)
    ]
    for name, rows in (("full", full), ("forget10", full[:20]), ("retain90", full[20:])):
        (root / f"{name}.json").write_text("".join(json.dumps(row) + "\n" for row in rows))


SETS: dict[str, Callable[[Path, list[str], Random], None]] = {"mllmu": _mllmu, "umu": _umu, "tofu": _tofu}


def _content(release: Release) -> Counter[Any]:
    """Questions, splits and pictures; people of text alone are known by what is asked."""
    return Counter(
        (
            person.segment,
            person.profile.id if person.portraits else "",
            tuple((each.view, each.image) for each in person.portraits),
            tuple(sorted(
                (q.use, q.task, q.modality, q.question, q.answer, q.letter, q.options, q.wrong_answers)
                for q in person.questions
            )),
        )
        for person in release.people()
    )  # fmt: skip


@pytest.mark.parametrize("layout", SETS)
@settings(max_examples=4)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3, unique_by=lambda text: text.strip().casefold()),
    seed=st.integers(0, 9),
)
def test_what_is_exported_comes_back(layout: str, texts: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        SETS[layout](folder / "set", texts, Random(seed))
        once = builder.import_set(layout, folder / "set", folder / "once").release
        assert once.manifest["imported"]["set_aside"] == {}
        builder.export(folder / "once", layout, folder / "out")
        again = builder.import_set(layout, folder / "out", folder / "again").release
        assert again.manifest["imported"]["set_aside"] == {}
        assert _content(again) == _content(once)
        assert [*again.manifest["configs"]] == [*once.manifest["configs"]]
