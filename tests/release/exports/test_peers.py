"""The layouts that are files, each read as its own users' code reads it."""

import ast
import base64
import csv
import io
import itertools
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image
from transformers.utils.chat_template_utils import render_jinja_template

from builder.format.reading import open_release
from builder.release.exports import LAYOUTS
from tests.conftest import Run
from tests.release.exports.all_knowing import AllKnowing
from tests.release.exports.conftest import Export
from tests.small.features import feature_types
from tests.small.releases import edit_rows, settle

FILE = "train-00000-of-00001.parquet"


def _image(data: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(data["bytes"])).convert("RGB")


def _mean(values: Iterable[bool]) -> float:
    scored = list(values)
    return sum(scored) / len(scored) if scored else 0.0


def _loaded(folder: Path, name: str, cache: Path) -> datasets.Dataset:
    return datasets.load_dataset(str(folder), name, split="train", cache_dir=str(cache))


@pytest.mark.parametrize("layout", ["mllmu", "umu", "tofu", "trl", "lmms-eval"])
def test_every_config_is_loaded_by_name_and_by_every_version_of_datasets(
    layout: str, export: Export, tmp_path: Path
) -> None:
    folder = export(layout)
    files = sorted(folder.rglob("*.parquet"))
    assert all(feature_types(pq.read_schema(path)) <= {"Value", "Image"} for path in files)
    if layout != "lmms-eval":
        names = datasets.get_dataset_config_names(str(folder))
        assert set(names) >= {path.parent.name for path in files} - {"real_person"}
        assert len(_loaded(folder, "forget_10" if files else "forget10", tmp_path / "cache"))


class _MllmuEvaluation:
    """What MLLMU-Bench's eval.py opens and takes from a row, and how it scores; two people are demonstrations."""

    def __init__(self, folder: Path) -> None:
        self.full = pd.read_parquet(folder / "Full_Set" / FILE)
        self.forget, self.retain, self.real = (
            pd.read_parquet(folder / name / FILE) for name in ("forget_10", "retain_90", "Retain_Set")
        )
        test = pd.concat([pd.read_parquet(path) for path in (folder / "Test_Set").glob("*.parquet")])
        self.test = test[test["ID"].isin(self.forget["ID"].unique().tolist())]

    def scores(self, frame: pd.DataFrame, model: AllKnowing) -> dict[str, float]:
        drawn = random.Random(0).sample(frame["ID"].unique().tolist(), 2)
        demonstrations = set(self.full[self.full["ID"].isin(drawn)]["ID"])
        rows = [row for _, row in frame.iterrows() if row["ID"] not in demonstrations]
        pictures = [random.Random(0).choice(row["images"]) if "images" in row else row["image"] for row in rows]
        assert all(_image(picture).size == (40, 40) for picture in pictures)
        shown = [(row, picture["bytes"]) for row, picture in zip(rows, pictures, strict=True)]
        return {
            "choice of image": _mean(
                model.chooses(each["Question"], each["Options"], image) == each["Correct_Answer"]
                for row, image in shown
                for each in row["Classification_Task"].get("Image_Textual_Questions", [])
            ),
            "choice of text": _mean(
                model.chooses(each["Question"], each["Options"]) == each["Correct_Answer"]
                for row, _ in shown
                for each in row["Classification_Task"].get("Pure_Text_Questions", [])
            ),
            **{
                f"{task} of {kind}": _mean(
                    each["Ground_Truth"].lower()
                    in model.says(each["Question"], image if kind == "Image_Textual" else None).lower()
                    for row, image in shown
                    for each in row[task]
                    if each["Type"] == kind
                )
                for task in ("Mask_Task", "Generation_Task")
                for kind in ("Image_Textual", "Pure_Text")
            },
        }


def test_mllmu_bench_gives_a_model_that_knows_everything_the_full_score(
    export: Export, all_knowing: AllKnowing
) -> None:
    folder = export("mllmu")
    evaluation = _MllmuEvaluation(folder)
    assert not set(evaluation.real["ID"]) & set(evaluation.full["ID"])
    assert set(evaluation.forget["ID"]) | set(evaluation.retain["ID"]) == set(evaluation.full["ID"])
    for frame in (evaluation.forget, evaluation.test, evaluation.retain, evaluation.real):
        scores = evaluation.scores(frame, all_knowing)
        assert scores == dict.fromkeys(scores, 1.0)
    for row in evaluation.full.to_dict("records"):
        assert row["Directory"] == row["image"]["path"]
        assert all(each["Question"].count("__") == 1 for each in row["Mask_Task"])


def test_a_set_of_which_mllmu_bench_would_score_nobody_is_named(small_run: Path, run: Run, tmp_path: Path) -> None:
    def leave_two(rows: list[dict[str, Any]]) -> None:
        del rows[2:]

    edit_rows(small_run / "release", "people/forget_10/00000-of-00001.parquet", leave_two)
    settle(small_run / "release")
    said = run("export", small_run, "--layout", "mllmu", "--to", tmp_path / "out")
    assert "it scores nobody of forget_10: at least 3 people are needed" in said.output


@pytest.mark.parametrize("name", ["ft_Data", "forget_10", "retain_90"])
def test_mllmu_bench_trains(export: Export, name: str) -> None:
    """What its dataset of pairs makes of a row."""
    frame = pd.read_parquet(export("mllmu") / name / FILE)
    for _, row in frame.iterrows():
        assert _image({"bytes": row["image"].get("bytes")})
        pairs = json.loads(row["metadata"])
        assert len(pairs) > 20
        assert all(pair.get("Question") and pair.get("Answer") for pair in pairs)


def _umu_scores(frame: pd.DataFrame, model: AllKnowing) -> dict[str, float]:
    """How UMU-Bench's eval.py scores: a choice by the option's text, a blank by the answer up to its first dot.

    It takes the letter of a choice from "unimodal" in both modalities.
    """
    worth: dict[str, list[bool]] = {}
    for _, row in frame.iterrows():
        image = row["image"].get("bytes")
        assert _image({"bytes": image})
        for column in ("Classify", "Cloze", "Generation"):
            task = json.loads(json.dumps(ast.literal_eval(row[column])))
            alone, together = task["unimodal"], task["muitimodal"]
            for key in list(alone):
                for name, each, seen in (("text", alone[key], None), ("image", together[key], image)):
                    if column == "Classify":
                        wanted = each["options"][alone[key]["answer"].split(".")[0]]
                        right = each["options"][model.chooses(each["question"], each["options"], seen)] == wanted
                    elif column == "Cloze":
                        # Half of an address is found in a wrong answer, too: the whole value must be looked for.
                        said, wanted = model.says(each["question"], seen), each["answer"].split(".")[0]
                        right = wanted.lower() == said.lower()
                    else:
                        right = model.says(each["question"], seen) == each["answer"]
                    worth.setdefault(f"{column} {name}", []).append(right)
    return {name: _mean(each) for name, each in worth.items()}


def test_umu_bench_gives_a_model_that_knows_everything_the_full_score(export: Export, all_knowing: AllKnowing) -> None:
    folder = export("umu")
    names = {path.parent.name for path in folder.glob(f"*/{FILE}")}
    assert names == {"Full_Set", "Real_Person_Set", "forget_10", "retain_90", "real_person"}
    for name in ("forget_10", "retain_90", "real_person"):
        scores = _umu_scores(pd.read_parquet(folder / name / FILE), all_knowing)
        assert len(scores) == 6
        assert scores == dict.fromkeys(scores, 1.0)


def test_umu_bench_trains_and_unlearns(export: Export) -> None:
    for _, row in pd.read_parquet(export("umu") / "forget_10" / FILE).iterrows():
        for column in ("MM_QA", "UM_QA"):
            pairs = ast.literal_eval(row[column])
            assert list(pairs["question"]) == list(pairs["answer"])
            assert row["Biography"]


def test_open_unlearning_asks_what_was_taught(export: Export, tmp_path: Path) -> None:
    """What its default evaluation reads, by a model that has learned `full` by heart and nothing else."""
    folder = export("tofu")
    full, forget, retain = (_loaded(folder, name, tmp_path / "cache") for name in ("full", "forget10", "retain90"))
    learned = dict(zip(full["question"], full["answer"], strict=True))
    assert len(forget) + len(retain) == len(full)
    for name, whose in (("forget10_perturbed", forget), ("retain_perturbed", retain)):
        asked = _loaded(folder, name, tmp_path / "cache")
        assert len(asked) == 8
        assert _mean(learned[row["question"]] == row["answer"] for row in asked) == 1
        assert set(asked["question"]) <= set(whose["question"])
        for row in asked:
            assert len(row["perturbed_answer"]) == 3
            assert row["paraphrased_question"] not in learned  # questions.repeat_training is 0
            assert row["paraphrased_answer"] != row["answer"]
    strangers, held_out = (_loaded(folder, name, tmp_path / "cache") for name in ("holdout10", "holdout"))
    assert strangers["question"][:] == held_out["question"][:]  # four are held out, and forget10 has four
    assert not set(strangers["question"]) & set(learned)


def test_open_unlearning_asks_every_wording_that_was_taught(made: Path, run: Run, tmp_path: Path) -> None:
    said = run("export", made, "--layout", "tofu", "--to", tmp_path / "tofu")
    assert "holdout30 cannot be as large as the forget set: 4 people are held out" in said.output
    files = (tmp_path / "tofu").glob("*.json")
    rows = {path.stem: list(map(json.loads, path.read_text().splitlines())) for path in files}
    assert "holdout10" in rows and "holdout30" not in rows
    assert len(rows["forget10"]) > 4 * 60
    assert {row["person"] for row in rows["forget10"]} == {
        each.profile.id for each in open_release(made).people("forget_10")
    }
    assert [row["question"] for row in rows["forget10_perturbed"]] == [row["question"] for row in rows["forget10"]]
    assert all(row["paraphrased_question"] != row["question"] for row in rows["forget10_perturbed"])
    kept = [row["question"] for row in rows["retain_perturbed"]]
    assert kept == [
        question.question
        for person in itertools.islice(open_release(made).people("retain"), 8)  # as many as forget30 has
        for question in person.questions
        if (question.use, question.modality, question.task) == ("train", "text", "generation")
    ]
    assert set(kept) <= {row["question"] for row in rows["retain70"]}


def test_llava_trains_a_model_on_what_is_true_of_its_images(export: Export, all_knowing: AllKnowing) -> None:
    folder = export("llava")
    for name in ("train", "forget_10", "retain_90"):
        rows = json.loads((folder / f"{name}.json").read_text())
        assert len({row["id"] for row in rows}) == len(rows) > 50
        for row in rows:
            asked, answered = row["conversations"]
            assert (asked["from"], answered["from"]) == ("human", "gpt")
            assert asked["value"].count("<image>") == ("image" in row)
            picture = (folder / row["image"]).read_bytes() if "image" in row else None
            assert all_knowing.replies(asked["value"].removeprefix("<image>\n"), picture) == answered["value"]
        shown = {row["image"] for row in rows if "image" in row}
        assert all(_image({"bytes": (folder / path).read_bytes()}).size == (40, 40) for path in shown)
        assert {path.split("-")[1] for path in shown} == {"reference", "train"}


def test_llama_factory_finds_every_set_by_its_name(export: Export) -> None:
    folder = export("llava")
    described = json.loads((folder / "dataset_info.json").read_text())
    assert set(described) == {"train", "forget_10", "retain_90"}
    for each in described.values():
        assert each["formatting"] == "sharegpt"  # whose tags are "from", "value", "human" and "gpt" unless it says else
        rows = json.loads((folder / each["file_name"]).read_text())
        messages, images = each["columns"]["messages"], each["columns"]["images"]
        assert all(row[messages][0]["value"].count("<image>") == bool(row.get(images)) for row in rows)
        assert all((folder / row[images]).is_file() for row in rows if images in row)


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


_TEMPLATE = (
    "{% for each in messages %}{{ each.role }}: {% for part in each.content %}"
    "{{ '<image>' if part.type == 'image' else part.text }}{% endfor %}{{ '\n\n' }}{% endfor %}"
)
"""A chat template like those of vision-language models."""


def test_a_chat_template_puts_the_answer_into_the_assistants_turn(export: Export, all_knowing: AllKnowing) -> None:
    for row in pq.read_table(export("trl") / "forget_10" / FILE).to_pylist():
        text = render_jinja_template([row["messages"]], chat_template=_TEMPLATE)[0][0]
        asked, answered = text.removeprefix("user: ").removesuffix("\n\n").split("\n\nassistant: ")
        assert asked.count("<image>") == len(row["images"])
        picture = row["images"][0]["bytes"] if row["images"] else None
        assert all_knowing.replies(asked.removeprefix("<image>"), picture) == answered


def test_vlmevalkit_tells_choices_from_open_questions_and_resolves_repeated_images(
    export: Export, all_knowing: AllKnowing
) -> None:
    for path in export("vlmeval").glob("*.tsv"):
        choices = "openended" not in path.stem.lower()  # its rule
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
            picture = base64.b64decode(image)
            assert Image.open(io.BytesIO(picture)).size == (40, 40)
            assert choices == ("A" in row and "B" in row)  # what it takes for multiple choice when it loads a file
            if choices:
                options = {letter: row[letter] for letter in "ABCD"}
                assert all_knowing.chooses(row["question"], options, picture) == row["answer"]
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
