"""Publishing to the Hub, with the real client and a server on this machine."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import filelock
import pytest

from builder.release.diff import Change
from tests.conftest import Run
from tests.folders import digests
from tests.hub.commands import Commands
from tests.hub.conftest import REPO, Publish
from tests.hub.faults import Fault
from tests.hub.repository import Blob
from tests.hub.server import READER, TOKEN, LocalHub
from tests.small.audits import write_audit
from tests.small.releases import change_somebody, settle


def test_a_version_is_one_commit_and_one_tag(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    said = publish(finished_run)
    assert said.exit_code == 0, said
    repository = hub.repositories[REPO]
    assert repository.private
    assert repository.tags == {"v1.0.0": repository.head}
    assert len(repository.log) == 2  # the Hub's own and ours
    assert "v1.0.0" in said.output
    published = {path: blob.data for path, blob in repository.commits[repository.head].items()}
    rows = [path for path in published if path.endswith(".parquet")]
    assert all(published[path] == (finished_run / "release" / path).read_bytes() for path in rows)
    assert json.loads(published["manifest.json"])["version"] == "1.0.0"


def test_a_version_keeps_the_day_it_was_published_on(small_run: Path, run: Run, tmp_path: Path) -> None:
    run("publish", small_run, "--repo", tmp_path / "hub")
    version = tmp_path / "hub" / "v1.0.0"
    described = json.loads((version / "croissant.json").read_text())
    assert date.fromisoformat(described["datePublished"]) <= datetime.now(UTC).date()
    commit, earlier = version.resolve(), tmp_path / "earlier"
    shutil.copytree(commit, earlier, copy_function=shutil.copyfile)
    text = (earlier / "croissant.json").read_text().replace(described["datePublished"], "2020-02-02")
    (earlier / "croissant.json").write_text(text)
    settle(earlier)
    for name in ("croissant.json", "manifest.json"):
        (commit / name).unlink()
        shutil.copyfile(earlier / name, commit / name)
    assert "Nothing to do" in run("publish", small_run, "--repo", tmp_path / "hub").output


def test_twice_changes_nothing_and_says_so(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    publish(finished_run)
    before = hub.uploaded
    again, named = publish(finished_run), publish(finished_run, "--version", "1.0.0")
    assert again.exit_code == named.exit_code == 0
    assert "Nothing to do" in again.output
    assert "Nothing to do" in named.output
    assert hub.uploaded == before
    assert len(hub.repositories[REPO].log) == 2


def test_only_what_changed_is_sent(small_run: Path, hub: LocalHub, publish: Publish) -> None:
    publish(small_run)
    first = hub.uploaded
    change_somebody(small_run)
    said = publish(small_run)
    assert said.exit_code == 0, said
    repository = hub.repositories[REPO]
    assert set(repository.tags) == {"v1.0.0", "v1.1.0"}
    old, new = repository.commits[repository.tags["v1.0.0"]], repository.commits[repository.tags["v1.1.0"]]
    fresh = sum(len(blob.data) for path, blob in new.items() if old.get(path) != blob)
    assert hub.uploaded - first == fresh


def test_a_dry_run_shows_everything_and_sends_nothing(small_run: Path, hub: LocalHub, publish: Publish) -> None:
    first = publish(small_run, "--dry-run")
    assert "v1.0.0" in first.output
    assert "README.md" in first.output
    assert not hub.repositories
    publish(small_run)
    change_somebody(small_run)
    before = hub.uploaded
    said = publish(small_run, "--dry-run")
    assert "v1.1.0 (the content changed: minor)" in said.output
    assert "people     0 added, 0 removed, 1 changed" in said.output
    assert hub.uploaded == before
    assert set(hub.repositories[REPO].tags) == {"v1.0.0"}


@pytest.mark.parametrize(("change", "version"), [(Change.CARD, "v1.0.1"), (Change.SCHEMA, "v2.0.0")])
def test_the_proposal_follows_what_changed(
    small_run: Path, hub: LocalHub, publish: Publish, change: Change, version: str
) -> None:
    publish(small_run)
    if change is Change.CARD:
        (small_run / "audit.json").write_text((small_run / "audit.json").read_text().replace("found", "has found"))
    else:
        schema = small_run / "release" / "schemas" / "profile.json"
        schema.write_text(schema.read_text().replace('"minLength": 100', '"minLength": 99'))
        settle(small_run / "release")
        write_audit(small_run)
    assert publish(small_run).exit_code == 0
    assert set(hub.repositories[REPO].tags) == {"v1.0.0", version}


def test_a_version_must_be_new_and_greater(small_run: Path, hub: LocalHub, publish: Publish) -> None:
    publish(small_run, "--version", "1.2.0")
    change_somebody(small_run)
    taken, older = publish(small_run, "--version", "1.2.0"), publish(small_run, "--version", "v1.1.0")
    assert (taken.exit_code, older.exit_code) == (2, 2)
    assert "a version never changes" in taken.output
    assert "comes before 1.2.0" in older.output
    assert publish(small_run, "--version", "one").exit_code == 2
    assert publish(small_run, "--version", "3.0.0").exit_code == 0
    assert set(hub.repositories[REPO].tags) == {"v1.2.0", "v3.0.0"}


def test_a_failed_audit_stops_it_unless_it_is_named(small_run: Path, hub: LocalHub, publish: Publish) -> None:
    write_audit(small_run, failed=("chance", "duplicates"))
    said = publish(small_run, "--allow-failed-audit", "chance")
    assert said.exit_code == 1
    assert "The audit failed: duplicates" in said.output
    assert publish(small_run, "--allow-failed-audit", "chnace").exit_code == 2
    assert not hub.repositories
    options = [part for name in ("chance", "duplicates") for part in ("--allow-failed-audit", name)]
    assert publish(small_run, *options).exit_code == 0
    repository = hub.repositories[REPO]
    assert "| chance | **failed** |" in repository.commits[repository.head]["README.md"].data.decode()


def test_what_is_not_audited_finished_or_sound_is_not_published(
    small_run: Path, hub: LocalHub, publish: Publish
) -> None:
    release = small_run / "release"
    (small_run / "audit.json").rename(small_run / "kept.json")
    assert "build-bench audit" in publish(small_run).output
    (small_run / "kept.json").rename(small_run / "audit.json")
    settled = (release / "manifest.json").read_text()
    (release / "manifest.json").write_text(settled + " ")
    assert "about another release" in publish(small_run).output
    (release / "manifest.json").write_text(settled)
    card = (release / "README.md").read_text()
    (release / "README.md").write_text(card + "more")
    said = publish(small_run)
    assert said.exit_code == 1
    assert "is not sound" in said.output
    (release / "README.md").write_text(card)
    recipe = (small_run / "recipe.toml").read_text()
    (small_run / "recipe.toml").write_text(recipe.replace("quality = 90", "quality = 80"))
    assert "another recipe" in publish(small_run).output
    assert not hub.repositories


def test_a_pull_request_moves_nothing_and_is_tagged_once_it_is_merged(
    small_run: Path, hub: LocalHub, publish: Publish, process: Commands
) -> None:
    assert publish(small_run, "--public").exit_code == 0
    assert not hub.repositories[REPO].private
    change_somebody(small_run)
    said = publish(small_run, "--create-pr")
    repository = hub.repositories[REPO]
    assert f"Proposed v1.1.0: {hub.endpoint}/datasets/{REPO}/discussions/1" in said.output
    assert set(repository.tags) == {"v1.0.0"}
    assert repository.head == repository.tags["v1.0.0"]
    code = f"""
import json, pathlib, huggingface_hub
refs = huggingface_hub.HfApi().list_repo_refs("{REPO}", repo_type="dataset", include_pull_requests=True)
[pull] = refs.pull_requests
file = huggingface_hub.hf_hub_download("{REPO}", "manifest.json", repo_type="dataset", revision=pull.ref)
result = [pull.ref, json.loads(pathlib.Path(file).read_text())["version"]]
"""
    assert process.value(code) == ["refs/pr/1", "1.1.0"]
    again = publish(small_run, "--create-pr")
    assert again.exit_code == 0
    assert f"v1.1.0 is proposed already: {hub.endpoint}/datasets/{REPO}/discussions/1" in again.output
    assert set(repository.pulls) == {"refs/pr/1"}
    repository.merge("refs/pr/1")
    tagged = publish(small_run)
    assert tagged.exit_code == 0, tagged
    assert "0 B sent" in tagged.output
    assert repository.tags["v1.1.0"] == repository.head != repository.pulls["refs/pr/1"]


def test_what_was_to_be_private_and_is_not_is_not_filled(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    def open_it() -> None:
        hub.repositories[REPO].private = False

    hub.faults.append(Fault("POST /api/repos/create", when="after", action=open_it, passes=True))
    said = publish(finished_run)
    assert said.exit_code == 1
    assert "org/small was to be private and everybody can read it; nothing was published" in said.output
    assert len(hub.repositories[REPO].log) == 1


def test_a_run_in_work_is_waited_for(small_run: Path, run: Run, tmp_path: Path) -> None:
    with filelock.FileLock(small_run / ".lock"):
        said = run("publish", small_run, "--repo", tmp_path / "hub")
    assert said.exit_code == 1
    assert said.output == f"build-bench: Another build-bench is working in {small_run}; wait for it.\n"


def test_a_private_repository_is_opened_when_asked(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    publish(finished_run)
    assert publish(finished_run, "--public").exit_code == 0
    assert not hub.repositories[REPO].private


def test_somebody_elses_files_are_not_touched(finished_run: Path, hub: LocalHub, process: Commands) -> None:
    from tests.hub.repository import Repository

    repository = hub.repositories[REPO] = Repository(REPO, private=True)
    repository.add({"precious.csv": Blob(b"1,2,3", lfs=False)})
    said = process.run("publish", finished_run, "--repo", REPO, token=TOKEN)
    assert said.exit_code == 1
    assert "precious.csv" in said.output
    assert len(repository.log) == 2


def test_who_may_not_write_is_told_so(finished_run: Path, hub: LocalHub, publish: Publish) -> None:
    reader, stranger, nobody = (publish(finished_run, token=token) for token in (READER, "hf_wrong", ""))
    assert "may only read" in reader.output
    assert "hf auth login" in stranger.output
    assert "hf auth login" in nobody.output
    assert {reader.exit_code, stranger.exit_code, nobody.exit_code} == {1}
    assert not hub.repositories


def test_the_token_is_nowhere(small_run: Path, hub: LocalHub, publish: Publish, process: Commands) -> None:
    said = publish(small_run)
    failed = publish(small_run, "--version", "0.1.0")
    repository = hub.repositories[REPO]
    seen = said.output + failed.output + failed.error + (process.home / "stderr").read_text()
    assert TOKEN not in seen
    assert not any(TOKEN.encode() in blob.data for blob in repository.commits[repository.head].values())
    files = [path for folder in (small_run, process.home) for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if TOKEN.encode() in path.read_bytes()]


def test_what_is_read_back_at_the_tag_are_the_bytes_generated(
    finished_run: Path, hub: LocalHub, publish: Publish, process: Commands
) -> None:
    publish(finished_run, "--public")
    code = f"""
import datasets, huggingface_hub
folder = huggingface_hub.snapshot_download("{REPO}", repo_type="dataset", revision="v1.0.0")
file = huggingface_hub.hf_hub_download("{REPO}", "manifest.json", repo_type="dataset", revision="v1.0.0")
rows = datasets.load_dataset("{REPO}", "forget_10", split="train", revision="v1.0.0")
result = [folder, file, rows["ID"][:], [image.size[0] for image in rows["image"][:]]]
"""
    folder, file, ids, sizes = process.value(code)
    repository = hub.repositories[REPO]
    expected = {path: blob.data for path, blob in repository.commits[repository.head].items()}
    assert {path: (Path(folder) / path).read_bytes() for path in digests(Path(folder))} == expected
    assert Path(file).read_bytes() == expected["manifest.json"]
    assert len(ids) == 4
    assert sizes == [40] * 4


def test_a_version_on_the_hub_verifies_and_differs(
    small_run: Path, hub: LocalHub, publish: Publish, process: Commands
) -> None:
    publish(small_run)
    change_somebody(small_run)
    publish(small_run)
    good = process.run("verify", f"{REPO}@v1.1.0", token=TOKEN)
    assert good.exit_code == 0, good
    difference = process.run("diff", f"{REPO}@v1.0.0", REPO, token=TOKEN)
    assert "people     0 added, 0 removed, 1 changed" in difference.output
    assert "no version" in process.run("verify", f"{REPO}@v7.0.0", token=TOKEN).output
    assert "no dataset" in process.run("verify", "org/nothing@v1.0.0", token=TOKEN).output
    repository = hub.repositories[REPO]
    repository.tags["v9.0.0"] = repository.tags["v1.0.0"]
    assert "its tag says 9.0.0" in process.run("verify", f"{REPO}@v9.0.0", token=TOKEN).output


def test_a_folder_holds_the_same_bytes(
    finished_run: Path, hub: LocalHub, publish: Publish, tmp_path: Path, run: Run
) -> None:
    publish(finished_run)
    assert run("publish", finished_run, "--repo", tmp_path / "folder").exit_code == 0
    repository = hub.repositories[REPO]
    on_hub = {path: blob.data for path, blob in repository.commits[repository.head].items() if path[0] != "."}
    version = tmp_path / "folder" / "v1.0.0"
    assert {path: (version / path).read_bytes() for path in digests(version.resolve())} == on_hub
