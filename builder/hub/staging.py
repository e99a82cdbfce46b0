"""A release as it will be published: the rows of the run, with new descriptions for the version and the audit."""

from pathlib import Path

from builder.format.reading import Release
from builder.hub.base import LocalFile
from builder.release import contents, manifest
from builder.release.dressing import dress
from builder.release.stamp import Stamp


def stage(release: Release, folder: Path, stamp: Stamp) -> dict[str, LocalFile]:
    """The files of the published release by path. Rewritten ones are in `folder`; no row is copied."""
    recipe = release.recipe
    planned = contents.of_release(release.path, recipe, release.segments)
    dress(release.path, folder, recipe, planned, release.manifest["made_with"], stamp)
    stamped = manifest.write_stamped(folder, release.manifest, stamp.version)
    tree = {
        entry["path"]: LocalFile(_place(entry["path"], folder, release.path), entry["bytes"], entry["sha256"])
        for entry in stamped["files"]
    }
    own = folder / manifest.NAME
    tree[manifest.NAME] = LocalFile(own, own.stat().st_size, manifest.sha256(own))
    return tree


def _place(name: str, folder: Path, release: Path) -> Path:
    return folder / name if (folder / name).is_file() else release / name
