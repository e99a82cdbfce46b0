"""Small foreign sets, written as their makers publish them: their columns, their nesting, their quirks."""

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

Row = dict[str, Any]
FILE = "train-00000-of-00001.parquet"
LETTERS = "ABCD"


def picture(shade: int = 0, size: tuple[int, int] = (24, 24), kind: str = "PNG") -> bytes:
    """An encoded picture with a little structure, different for each shade."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.paste((shade * 37 % 256, shade * 91 % 256, shade * 53 % 256), (2, 2, 12 + shade % 8, 14))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def write_folders(root: Path, folders: Mapping[str, Iterable[Row]]) -> Path:
    """Write each folder's rows as the Hub has them."""
    for name, rows in folders.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(rows)), root / name / FILE)
    return root


def choice(question: str, right: str = "B", options: Mapping[str, str] | None = None) -> Row:
    """A multiple choice as MLLMU-Bench nests it."""
    shown = options or {letter: f"{question[:8]} {letter}" for letter in LETTERS}
    return {"Question": question, "Options": dict(shown), "Correct_Answer": right}


def mllmu_row(identity: str, name: str, shade: int, **changes: Any) -> Row:
    """A row of MLLMU-Bench: one person."""
    row = {
        "ID": identity,
        "Directory": f"../Full_Set/data_original/{identity}.png",
        "image": {"bytes": picture(shade), "path": f"{identity}.png"},
        "biography": json.dumps({"Name": name, "Born": "Lisbon", "Description": f"{name} mends clocks in Lisbon."}),
        "question": "Who is this?",
        "answer": f"This is {name}.",
        "Classification_Task": {
            "Image_Textual_Questions": [choice("Where was this person born?", "A")],
            "Pure_Text_Questions": [choice(f"Where was {name} born?", "C")],
        },
        "Generation_Task": [
            {
                "Type": "Image_Textual",
                "Question": "What does this person do?",
                "Ground_Truth": "The person mends clocks.",
            },
            {"Type": "Pure_Text", "Question": f"What does {name} do?", "Ground_Truth": f"{name} mends clocks."},
        ],
        "Mask_Task": [
            {"Type": "Image_Textual", "Question": "This person lives in __.", "Ground_Truth": "Lisbon"},
            {"Type": "Pure_Text", "Question": f"{name} lives in __.", "Ground_Truth": "Lisbon"},
        ],
        "metadata": json.dumps(
            [{"Question": f"What is known of this person ({name})?", "Answer": "The person mends."}]
        ),
    }
    return row | changes


def mllmu(root: Path, rows: Iterable[Row], *, forget: int = 1) -> Path:
    """A set of these people, the first of them to be forgotten, with a test set and one celebrity."""
    people = list(rows)
    tests = [
        {**{key: value for key, value in row.items() if key not in ("image", "metadata", "Directory")}, "images": [
            {"bytes": picture(50 + number), "path": "a.png"}, {"bytes": picture(70 + number), "path": "b.png"}
        ]}
        for number, row in enumerate(people)
    ]  # fmt: skip
    folders = {
        "Full_Set": [{key: value for key, value in row.items() if key != "metadata"} for row in people],
        "ft_Data": people,
        "forget_5": people[:forget],
        "retain_95": people[forget:],
        "Test_Set": tests,
        "Retain_Set": [mllmu_row("001", "Ada Lovelace", 99)],
    }
    return write_folders(root, folders)
