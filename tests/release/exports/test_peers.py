"""The layouts that are files, each read as its own users' code reads it."""

import ast
import base64
import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pytest
from PIL import Image

from builder.release.exports import LAYOUTS
from tests.conftest import Run
from tests.release.exports.conftest import Export
from tests.small.releases import edit_rows, settle

FILE = "train-00000-of-00001.parquet"


def _image(data: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(data["bytes"])).convert("RGB")


def test_mllmu_bench_evaluates(export: Export) -> None:
    """What its eval.py opens, in its order, and every field it takes from a row."""
    folder = export("mllmu")
    full, celebrities = (pd.read_parquet(folder / name / FILE) for name in ("Full_Set", "Retain_Set"))
    test = pd.concat([pd.read_parquet(path) for path in (folder / "Test_Set").glob("*.parquet")], ignore_index=True)
    forget, retain = (pd.read_parquet(folder / name / FILE) for name in ("forget_10", "retain_90"))
    assert not set(celebrities["ID"]) & set(full["ID"])
    assert set(forget["ID"]) | set(retain["ID"]) == set(full["ID"])
    tested = test[test["ID"].isin(forget["ID"].unique().tolist())]
    assert len(tested) == len(forget)
    for frame in (forget, retain, celebrities, tested):
        demonstration = random.Random(0).sample(frame["ID"].unique().tolist(), 1)
        few_shots = full[full["ID"].isin(demonstration)]
        assert len(few_shots) == (0 if frame is celebrities else 1)
        for _, row in frame.iterrows():
            shown = random.Random(0).choice(row["images"]) if "images" in row else row["image"]
            assert _image(shown).size == (40, 40)
            choices = row["Classification_Task"]
            for kind in ("Image_Textual_Questions", "Pure_Text_Questions"):
                assert len(choices.get(kind, [])) == 5
                for question in choices.get(kind, []):
                    assert set(question["Options"]) == set("ABCD")
                    assert question["Options"][question["Correct_Answer"]]
                    assert question["Question"]
            for task in ("Generation_Task", "Mask_Task"):
                assert sorted(item["Type"] for item in row[task]) == ["Image_Textual"] * 2 + ["Pure_Text"] * 2
                assert all(item["Ground_Truth"] for item in row[task])
            assert all("[Blank]" in item["Question"].replace("__", "[Blank]") for item in row["Mask_Task"])


@pytest.mark.parametrize("name", ["ft_Data", "forget_10", "retain_90"])
def test_mllmu_bench_trains(export: Export, name: str) -> None:
    """What its dataset of pairs makes of a row."""
    frame = pd.read_parquet(export("mllmu") / name / FILE)
    for _, row in frame.iterrows():
        assert _image({"bytes": row["image"].get("bytes")})
        pairs = json.loads(row["metadata"])
        assert len(pairs) > 20
        assert all(pair.get("Question") and pair.get("Answer") for pair in pairs)


def test_umu_bench_evaluates_and_unlearns(export: Export) -> None:
    folder = export("umu")
    names = {path.parent.name for path in folder.glob(f"*/{FILE}")}
    assert names == {"Full_Set", "Real_Person_Set", "forget_10", "retain_90"}
    for _, row in pd.read_parquet(folder / "forget_10" / FILE).iterrows():
        assert _image({"bytes": row["image"].get("bytes")})
        for column, count in (("Classify", 5), ("Cloze", 2), ("Generation", 2)):
            task = json.loads(json.dumps(ast.literal_eval(row[column])))
            alone, together = task["unimodal"], task["muitimodal"]
            assert len(alone) == count
            for key in alone:
                assert alone[key]["question"] != together[key]["question"]
                if column == "Classify":
                    assert together[key]["options"][alone[key]["answer"].split(".")[0]]
                    assert together[key]["answer"] in "ABCD"
                else:
                    assert together[key]["answer"]
        for column in ("MM_QA", "UM_QA"):
            pairs = ast.literal_eval(row[column])
            assert list(pairs["question"]) == list(pairs["answer"])
            assert row["Biography"]


def test_open_unlearning_reads_rows(export: Export, tmp_path: Path) -> None:
    folder = export("tofu")
    rows = datasets.load_dataset(str(folder), "forget10_perturbed", split="train", cache_dir=str(tmp_path / "cache"))
    assert set(rows.column_names) >= {"question", "answer", "paraphrased_question", "paraphrased_answer"}
    assert len(rows) == 8
    for row in rows:
        assert len(row["perturbed_answer"]) == 3
        assert row["paraphrased_question"] != row["question"]
        assert row["paraphrased_answer"] != row["answer"]
    taught, kept, everyone = (
        datasets.load_dataset(str(folder), name, split="train", cache_dir=str(tmp_path / "cache"))
        for name in ("forget10", "retain90", "full")
    )
    assert len(taught) + len(kept) == len(everyone)
    assert not set(rows["question"]) & set(taught["question"])  # questions.repeat_training is 0: in words not trained
    assert (folder / "holdout_perturbed.json").is_file()


def test_llava_finds_its_images(export: Export) -> None:
    folder = export("llava")
    for name in ("train", "forget_10", "retain_90"):
        rows = json.loads((folder / f"{name}.json").read_text())
        assert len({row["id"] for row in rows}) == len(rows) > 50
        for row in rows:
            asked, answered = row["conversations"]
            assert (asked["from"], answered["from"]) == ("human", "gpt")
            assert answered["value"]
            assert asked["value"].count("<image>") == ("image" in row)
        shown = {row["image"] for row in rows if "image" in row}
        assert all(_image({"bytes": (folder / path).read_bytes()}).size == (40, 40) for path in shown)
        assert {path.split("-")[1] for path in shown} == {"reference", "train"}


def test_trl_gets_messages_and_images(export: Export, tmp_path: Path) -> None:
    rows = datasets.load_dataset(str(export("trl")), "forget_10", split="train", cache_dir=str(tmp_path / "cache"))
    assert len(rows) > 50
    for row in rows:
        user, assistant = row["messages"]
        assert (user["role"], assistant["role"]) == ("user", "assistant")
        images = [part for part in user["content"] if part["type"] == "image"]
        assert len(images) == len(row["images"])
        assert all(image.size == (40, 40) for image in row["images"])
        assert [part["type"] for part in assistant["content"]] == ["text"]


def test_vlmevalkit_resolves_repeated_images(export: Export) -> None:
    for path in export("vlmeval").glob("*.tsv"):
        with path.open(newline="", encoding="utf-8") as file:
            csv.field_size_limit(10**7)
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert rows
        images = {row["index"]: row["image"] for row in rows}
        for row in rows:
            image = row["image"]
            if len(image) <= 64:
                image = images[image]
                assert len(image) > 64
            assert Image.open(io.BytesIO(base64.b64decode(image))).size == (40, 40)
            if path.stem.endswith("_MCQ"):
                assert row[row["answer"]]
                assert all(row[letter] for letter in "ABCD")
            assert row["question"]
        stored = [image for image in images.values() if len(image) > 64]
        assert len(stored) == len(set(stored))


def test_a_layout_that_is_none_or_a_folder_that_is_full(finished_run: Path, run: Run, tmp_path: Path) -> None:
    none = run("export", finished_run, "--layout", "yolo", "--to", tmp_path / "new")
    assert none.exit_code == 2
    assert all(name in none.output for name in LAYOUTS)
    (tmp_path / "file").write_text("mine")
    assert run("export", finished_run, "--layout", "tofu", "--to", tmp_path).exit_code == 2
    assert (tmp_path / "file").read_text() == "mine"


def test_a_release_with_a_text_that_is_not_plain_is_not_exported(small_run: Path, run: Run, tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        rows[1]["questions"][0]["question"] += " <img src=x onerror=alert(1)>"

    edit_rows(small_run / "release", "test/retain/00000-of-00001.parquet", spoil)
    settle(small_run / "release")
    said = run("export", small_run, "--layout", "vlmeval", "--to", tmp_path / "out")
    assert said.exit_code == 1
    assert "holds a text that is not plain, and nothing was exported: person " in said.output
    assert not (tmp_path / "out").exists()
