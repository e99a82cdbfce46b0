"""What describes a release: the card and its YAML, Croissant metadata, eval.yaml."""

import json
import logging
from pathlib import Path
from typing import Any

import datasets
import pytest
import yaml

from builder.format import layout
from tests.folders import digests


@pytest.fixture
def card(finished_run: Path) -> tuple[dict[str, Any], str]:
    """The card's YAML and its text."""
    _, head, text = (finished_run / "release" / "README.md").read_text().split("---\n", 2)
    return yaml.safe_load(head), text


def test_the_yaml_describes_the_features_as_datasets_does(card: tuple[dict[str, Any], str]) -> None:
    for information in card[0]["dataset_info"]:
        schema = layout.TEST if information["config_name"] == "test" else layout.PERSON
        assert information["features"] == datasets.Features.from_dict(layout.features(schema))._to_yaml_list()
        counted = datasets.info.DatasetInfo._from_yaml_dict(information)
        assert counted.splits["train"].num_examples == information["splits"][0]["num_examples"]


def test_the_yaml_names_every_config_and_size(card: tuple[dict[str, Any], str], finished_run: Path) -> None:
    head, _ = card
    assert head["size_categories"] == ["n<1K"]
    assert head["license"] == "cc-by-4.0"
    assert [config["config_name"] for config in head["configs"] if config.get("default")] == ["train"]
    for config, information in zip(head["configs"], head["dataset_info"], strict=True):
        files = [finished_run / "release" / path for path in config["data_files"][0]["path"]]
        assert information["download_size"] == sum(path.stat().st_size for path in files)


def test_the_text_says_what_a_user_must_know(card: tuple[dict[str, Any], str], finished_run: Path) -> None:
    _, text = card
    for said in (
        "None of these people exists",
        "load_dataset(",
        "seed | 5",
        "| `forget_10` | 4 |",
        "bibtex",
        "Licence",
    ):
        assert said in text
    assert all(f"| `{name}` |" in text for name in {*layout.PERSON.names, *layout.TEST.names})
    shown = [line.split('"')[1] for line in text.splitlines() if line.startswith("<img")]
    assert len(shown) == 3
    assert set(shown) <= digests(finished_run / "release").keys()


@pytest.mark.filterwarnings("ignore")  # mlcroissant, and what it stands on, warn of themselves
def test_croissant_is_valid_and_reads_the_rows(finished_run: Path, caplog: pytest.LogCaptureFixture) -> None:
    import mlcroissant

    path = finished_run / "release" / "croissant.json"
    with caplog.at_level(logging.ERROR):
        dataset = mlcroissant.Dataset(str(path))
        assert not dataset.metadata.ctx.issues.errors
        for config, count in (("forget_10", 4), ("test", 12), ("holdout", 4)):
            records = list(dataset.records(config))
            assert len(records) == count
            assert records[0][f"{config}/name"]
    one = next(iter(dataset.records("forget_10")))
    assert one["forget_10/image"].size == (40, 40)
    assert len(one["forget_10/Classification_Task/Pure_Text_Questions"]) == 5
    described = dataset.metadata
    for said in ("data_collection", "data_biases", "data_limitations", "data_use_cases", "data_social_impact"):
        assert getattr(described, said), said
    assert described.personal_sensitive_information and described.data_release_maintenance_plan
    manifest = json.loads((finished_run / "release" / "manifest.json").read_text())
    sums = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    objects = [each for each in json.loads(path.read_text())["distribution"] if each["@type"] == "cr:FileObject"]
    assert {each["contentUrl"]: each["sha256"] for each in objects}.items() <= sums.items()
    assert len(objects) == sum(name.endswith(".parquet") for name in sums)


def test_eval_yaml_asks_what_a_row_can_answer(finished_run: Path, tmp_path: Path) -> None:
    tasks = yaml.safe_load((finished_run / "release" / "eval.yaml").read_text())
    assert tasks["evaluation_framework"] == "inspect-ai"
    for task in tasks["tasks"]:
        rows = datasets.load_dataset(
            str(finished_run / "release"), task["config"], split=task["split"], cache_dir=str(tmp_path)
        )
        for row in rows:
            assert row["name"] in row[task["field_spec"]["input"]]
            assert row[task["field_spec"]["target"]]
