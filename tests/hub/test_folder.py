"""A local folder as the hub: the same versions and tags, with nothing else than this machine."""

import json
from pathlib import Path

import datasets

from tests.conftest import Run
from tests.folders import digests
from tests.small.releases import change_somebody


def test_versions_stand_side_by_side_and_share_what_is_the_same(small_run: Path, tmp_path: Path, run: Run) -> None:
    hub = tmp_path / "hub"
    assert run("publish", small_run, "--repo", hub).exit_code == 0
    first = digests((hub / "v1.0.0").resolve())
    change_somebody(small_run)
    said = run("publish", small_run, "--repo", hub)
    assert said.exit_code == 0, said.output
    assert digests((hub / "v1.0.0").resolve()) == first
    same = "people/holdout/00000-of-00001.parquet"
    assert (hub / "v1.0.0" / same).samefile(hub / "v1.1.0" / same)
    rows = datasets.load_dataset(str(hub / "v1.1.0"), "train", split="train", cache_dir=str(tmp_path / "cache"))
    assert len(rows) == 12
    assert run("verify", f"{hub}@v1.0.0").exit_code == 0
    assert run("verify", hub).exit_code == 0  # the newest
    assert "1 changed" in run("diff", f"{hub}@v1.0.0", small_run).output
    assert "Nothing to do" in run("publish", small_run, "--repo", hub).output


def test_an_interrupted_publish_is_finished(small_run: Path, tmp_path: Path, run: Run) -> None:
    hub = tmp_path / "hub"
    run("publish", small_run, "--repo", hub)
    commit = (hub / "v1.0.0").resolve()
    (hub / "v1.0.0").unlink()  # killed before the tag
    assert "0 B sent" in run("publish", small_run, "--repo", hub).output
    assert (hub / "v1.0.0").resolve() == commit
    (hub / "v1.0.0").unlink()
    (hub / "HEAD").unlink()  # killed before the head moved
    assert run("publish", small_run, "--repo", hub).exit_code == 0
    assert (hub / "v1.0.0").resolve() == commit


def test_a_folder_of_other_things_is_left_alone(finished_run: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    said = run("publish", finished_run, "--repo", tmp_path)
    assert said.exit_code == 1
    assert "is no hub of releases" in said.output
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.tex"}
    assert run("publish", finished_run, "--repo", tmp_path / "thesis.tex").exit_code == 1
    assert run("publish", finished_run, "--repo", "not a name").exit_code == 2


def test_the_generated_release_stays_without_a_version(small_run: Path, tmp_path: Path, run: Run) -> None:
    before = digests(small_run / "release")
    run("publish", small_run, "--repo", tmp_path / "hub")
    assert digests(small_run / "release") == before
    assert "version" not in json.loads((small_run / "release" / "manifest.json").read_text())
