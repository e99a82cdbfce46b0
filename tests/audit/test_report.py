"""The report: kept beside the release, valid, made once, printed, and the command that makes it."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from builder import audit, schemas
from builder.audit.running import AUDITS
from builder.reading import open_release
from builder.run.workers import Workers
from tests.conftest import Run


def test_generate_audits_and_says_so(made: Path) -> None:
    report = audit.read(made / "audit.json")
    assert report
    assert report.people == 23
    assert {finding.audit for finding in report.findings} == {kind.name for kind in report.audits}
    assert [kind.name for kind in report.audits] == [each.name for each in AUDITS]
    schemas.check("audit", json.loads((made / "audit.json").read_text()))
    assert len({finding.check for finding in report.findings}) == len(report.findings)


def test_a_sound_run_passes_every_check(made: Path) -> None:
    report = audit.read(made / "audit.json")
    assert report
    assert {finding.check: finding.sentence for finding in report.failed} == {}


def test_any_number_of_workers_makes_the_same_report(made: Path) -> None:
    before = (made / "audit.json").read_bytes()
    with Workers(2) as pool:
        audit.audit(open_release(made), pool)
    assert (made / "audit.json").read_bytes() == before


def test_a_report_stands_until_the_release_changes(made: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(made, run)
    assert audit.stands(open_release(run))
    manifest = run / "release" / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    assert audit.stands(open_release(run)) is None
    (run / "audit.json").write_text("{}")
    assert audit.read(run / "audit.json") is None


def test_the_command_prints_every_check_and_passes(made: Path, run: Run) -> None:
    result = run("audit", made, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert result.output.count("passed: ") == len(json.loads((made / "audit.json").read_text())["findings"])


def test_a_release_of_its_own_is_left_as_it_is(made: Path, tmp_path: Path, run: Run) -> None:
    release = tmp_path / "mine"
    shutil.copytree(made / "release", release)
    before = sorted(path.name for path in release.iterdir())
    result = run("audit", release, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "mine-audit.json").is_file()
    assert sorted(path.name for path in release.iterdir()) == before


def test_a_name_of_the_users_own_list_fails_the_command(made: Path, tmp_path: Path, run: Run) -> None:
    release = tmp_path / "mine"
    shutil.copytree(made / "release", release)
    person = next(open_release(release).people())
    names = tmp_path / "names.txt"
    names.write_text(f"# mine\n\n{person.profile.name}\n")
    result = run("audit", release, "--names", names, "--workers", "1")
    assert result.exit_code == 1
    assert f"{person.profile.id}: '{person.profile.name}' is a real person's name" in result.output
    assert "failed: Names of real people" in result.output


@pytest.mark.parametrize("arguments", [("nowhere",), ("nowhere", "--names", "nothing.txt")])
def test_what_is_no_release_is_a_wrong_call(arguments: tuple[str, ...], run: Run) -> None:
    assert run("audit", *arguments).exit_code == 2


def test_an_unreadable_list_of_names_is_a_wrong_call(made: Path, tmp_path: Path, run: Run) -> None:
    result = run("audit", made, "--names", tmp_path / "nothing.txt")
    assert result.exit_code == 2
    assert "nothing.txt" in result.output


def test_findings_survive_being_written_and_read(made: Path, tmp_path: Path) -> None:
    report = audit.read(made / "audit.json")
    assert report
    failed = dataclasses.replace(report.findings[0], passed=False)
    spoiled = dataclasses.replace(report, passed=False, findings=(failed, *report.findings[1:]))
    assert "failed: " in audit.describe(spoiled, tmp_path)
    assert [finding.check for finding in spoiled.failed] == [failed.check]
