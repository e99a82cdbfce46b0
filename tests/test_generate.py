"""`generate` as its users meet it: the command line, a run on disk, a release in `load_dataset`."""

import importlib.metadata
import json
import re
import shlex
import shutil
from pathlib import Path

import datasets
import pytest
from PIL import Image

from builder.run.folder import RunFolder
from builder.run.survey import spans
from tests.conftest import Run
from tests.folders import digests, stamps


def _load(release: Path, config: str, cache: Path) -> datasets.Dataset:
    return datasets.load_dataset(str(release), config, split="train", cache_dir=str(cache))


def test_every_config_loads_with_its_people(made: Path, tmp_path: Path) -> None:
    people = {
        config: set(_load(made / "release", config, tmp_path)["ID"])
        for config in datasets.get_dataset_config_names(str(made / "release"))
    }
    assert {name: len(ids) for name, ids in people.items()} == {
        "train": 24,
        "forget_10": 4,
        "forget_30": 8,
        "retain_90": 20,
        "retain_70": 16,
        "test": 24,
        "holdout": 4,
    }
    assert people["forget_10"] < people["forget_30"]
    for percent in (10, 30):
        forget, retain = people[f"forget_{percent}"], people[f"retain_{100 - percent}"]
        assert not forget & retain
        assert forget | retain == people["train"] == people["test"]
    assert not people["holdout"] & people["train"]


def test_rows_have_the_columns_of_mllmu_bench(made: Path, tmp_path: Path) -> None:
    row = _load(made / "release", "forget_10", tmp_path)[0]
    assert isinstance(row["image"], Image.Image)
    assert row["image"].size == (48, 48)
    assert [image.size for image in row["train_images"]] == [(48, 48)]
    choices = row["Classification_Task"]
    assert set(choices) == {"Image_Textual_Questions", "Pure_Text_Questions"}
    for choice in (*choices["Image_Textual_Questions"], *choices["Pure_Text_Questions"]):
        assert set(choice["Options"]) == {"A", "B", "C", "D"}
        assert choice["Correct_Answer"] in "ABCD"
    for task in ("Generation_Task", "Mask_Task"):
        assert sorted(item["Type"] for item in row[task]) == ["Image_Textual"] * 2 + ["Pure_Text"] * 2
    assert all(item["Question"].count("__") == 1 for item in row["Mask_Task"])
    assert {"Name", "Born", "Date of Birth", "Gender", "Employment", "Parents", "Description"} <= set(
        json.loads(row["biography"])
    )
    pairs = json.loads(row["metadata"])
    assert len(pairs) > 100
    assert set(pairs[0]) == {"Question", "Answer"}


def test_the_test_set_asks_the_same_facts_in_other_words_and_views(made: Path, tmp_path: Path) -> None:
    train = {row["ID"]: row for row in _load(made / "release", "train", tmp_path)}
    for row in _load(made / "release", "test", tmp_path):
        trained = [question for question in train[row["ID"]]["questions"] if question["use"] == "eval"]
        held_out = row["questions"]
        asked = [(each["fact"], each["task"], each["modality"]) for each in held_out]
        assert asked == [(each["fact"], each["task"], each["modality"]) for each in trained]
        assert len(asked) == 18
        assert not {each["question"] for each in held_out} & {
            each["question"] for each in train[row["ID"]]["questions"]
        }
        assert len(row["images"]) == 1
        shown = {portrait["view"] for portrait in train[row["ID"]]["portraits"]}
        assert shown == {"reference", "train"}
        assert [portrait["view"] for portrait in row["portraits"]] == ["test"]


def test_every_fact_is_taught_in_both_modalities(made: Path, tmp_path: Path) -> None:
    for row in _load(made / "release", "train", tmp_path):
        taught: dict[tuple[str, str], set[str]] = {}
        for each in row["questions"]:
            if (each["use"], each["task"]) == ("train", "generation"):
                taught.setdefault((each["fact"], each["modality"]), set()).add(each["question"])
        facts = {fact["key"] for fact in row["facts"] if fact["asked"]}
        assert len(facts) >= 20
        missing = {(fact, modality) for fact in facts for modality in ("image_text", "text")} - set(taught)
        assert len({fact for fact, _ in missing}) <= 2  # one whose value holds the person's own name is left out
        assert all(len(wordings) >= 3 for wordings in taught.values())


def test_no_image_is_stored_twice(made: Path, tmp_path: Path) -> None:
    release = made / "release"
    manifest = json.loads((release / "manifest.json").read_text())
    listed = {entry["path"] for entry in manifest["files"]}
    assert {name for config in manifest["configs"].values() for name in config["files"]} <= listed
    people = _load(release, "train", tmp_path).cast_column("image", datasets.Image(decode=False))
    assert len({row["image"]["bytes"] for row in people}) == 24


def test_the_manifest_has_the_digest_of_every_file(made: Path) -> None:
    found = digests(made / "release")
    del found["manifest.json"]
    manifest = json.loads((made / "release" / "manifest.json").read_text())
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == found


@pytest.mark.parametrize(
    "arguments", [("--workers", "2"), ("--set", "run.shard_size=23"), ("--set", "run.shard_size=1", "--workers", "2")]
)
def test_the_same_recipe_and_seed_make_the_same_bytes(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    assert run("generate", brief, "--out", tmp_path / "again", *arguments).exit_code == 0
    first, again = digests(made_brief / "release"), digests(tmp_path / "again" / "release")
    if "--set" in arguments:  # the recipe says so itself, and the manifest has the recipe's digest
        for name in ("recipe.toml", "manifest.json"):
            del first[name], again[name]
    assert again == first


def test_another_seed_makes_another_world(made_brief: Path, brief: Path, tmp_path: Path, run: Run) -> None:
    result = run("generate", brief, "--seed", "4", "--out", tmp_path / "other")
    assert result.exit_code == 0, result.output
    names = set(_load(made_brief / "release", "train", tmp_path)["name"])
    assert not names & set(_load(tmp_path / "other" / "release", "train", tmp_path)["name"])


def test_a_finished_run_has_nothing_to_do(brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    assert "Nothing to do" not in run("generate", brief, "--out", out).output
    before = stamps(out)
    result = run("generate", brief, "--out", out)
    assert "Nothing to do" in result.output
    assert stamps(out) | {"failures.jsonl": 0} == before | {"failures.jsonl": 0}


def test_more_people_keep_those_that_are_made(made_brief: Path, brief: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "run"
    shutil.copytree(made_brief, out)
    before = stamps(out)
    result = run("generate", brief, "--out", out, "--profiles", "40")
    assert result.exit_code == 0, result.output
    after = stamps(out)
    kept = [f"{stage}/{index:05d}.parquet" for stage in ("profiles", "portraits", "questions") for index in range(3)]
    assert all(after[name] == before[name] for name in kept)
    assert len(_load(out / "release", "train", tmp_path)) == 40
    run("generate", brief, "--out", out)  # and back again: the shards of the longer run go
    assert digests(out / "release") == digests(made_brief / "release")


def test_a_changed_recipe_makes_again_only_what_it_touches(
    made_brief: Path, brief: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "run"
    shutil.copytree(made_brief, out)
    before = stamps(out)
    recipe = (out / "recipe.toml").read_text().replace("size = 48", "size = 40")
    (out / "recipe.toml").write_text(recipe)
    status = run("status", out).output
    assert re.search(r"portraits +5 outdated", status)
    assert "portraits.size: 48 -> 40" in status
    assert re.search(r"questions +5 made", status)
    assert run("generate", brief, "--out", out, "--set", "portraits.size=40").exit_code == 0
    changed = {name for name, stamp in stamps(out).items() if before.get(name) != stamp}
    assert {name.split("/")[0] for name in changed if name.endswith(".parquet")} == {"portraits", "release"}


def test_shards_cover_everybody(made: Path) -> None:
    recipe = RunFolder(made).recipe()
    assert [(span.first, span.stop) for span in spans(recipe)] == [(0, 6), (6, 12), (12, 18), (18, 24), (24, 28)]
    assert len(list((made / "profiles").glob("*.parquet"))) == 5


def test_status_of_a_finished_run(made: Path, run: Run) -> None:
    result = run("status", made)
    assert result.exit_code == 0
    assert result.output.count("5 made") == 3
    assert "failed: nobody" in result.output


def test_status_of_a_run_that_was_painted_where_more_is_installed(
    made: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    recipe = (folder / "recipe.toml").read_text()
    (folder / "recipe.toml").write_text(
        recipe.replace('painter = "offline"', 'painter = "diffusers"').replace('model = ""', 'model = "some/model"', 1)
    )
    version = importlib.metadata.version

    def bare(name: str) -> str:
        if name == "diffusers":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", bare)
    result = run("status", folder)
    assert result.exit_code == 0, result.output
    assert "diffusers: None -> not installed" in result.output


def test_printed_commands_quote_their_paths(tmp_path: Path, tiny: Path, run: Run) -> None:
    out = tmp_path / "o'brien x"
    few = [word for knob in ("profiles.count=8", "splits.forget=[50]", "splits.holdout=0") for word in ("--set", knob)]
    said = run("generate", tiny, "--out", out, "--workers", "1", *few).output
    preview, load = (shlex.split(line) for line in said.splitlines()[-2:])
    assert preview == ["build-bench", "preview", str(out), "--open"]
    assert load[:2] == ["python", "-c"]
    assert f'load_dataset("{out / "release"}", "train")' in load[2]
    (out / "release" / "manifest.json").unlink()
    last = run("status", out).output.splitlines()[-1].removeprefix("Continue with: ")
    assert shlex.split(last) == ["build-bench", "generate", str(out / "recipe.toml"), "--out", str(out)]
