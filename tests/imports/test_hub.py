"""A set of the Hub: fetched by its name, its commit stated."""

import json
from pathlib import Path

from tests.hub.commands import Commands
from tests.hub.conftest import hub, hub_server, process
from tests.hub.server import TOKEN, LocalHub
from tests.imports.foreign import mllmu, mllmu_row

__all__ = ["hub", "hub_server", "process"]

_UPLOAD = """
from huggingface_hub import HfApi
api = HfApi()
api.create_repo("org/foreign", repo_type="dataset")
result = api.upload_folder(folder_path={folder!r}, repo_id="org/foreign", repo_type="dataset").oid
"""


def test_a_set_is_fetched_from_the_hub_and_its_commit_is_stated(
    hub: LocalHub, process: Commands, tmp_path: Path
) -> None:
    source = mllmu(tmp_path / "set", [mllmu_row(f"{number}", f"Person {number}", number) for number in (1, 2, 3)])
    commit = process.value(_UPLOAD.format(folder=str(source)), TOKEN)
    said = process.run("import", "mllmu", "org/foreign", "--to", tmp_path / "to", token=TOKEN)
    assert said.exit_code == 0, said
    imported = json.loads((tmp_path / "to" / "release" / "manifest.json").read_text())["imported"]
    assert (imported["source"], imported["revision"], imported["name"]) == ("org/foreign", commit, "foreign")
    again = process.run("import", "mllmu", f"org/foreign@{commit}", "--to", tmp_path / "again", token=TOKEN)
    assert again.exit_code == 0, again
    missing = process.run("import", "mllmu", "org/nothing", "--to", tmp_path / "nowhere", token=TOKEN)
    assert missing.exit_code == 1
    assert "There is no dataset org/nothing" in missing.output
