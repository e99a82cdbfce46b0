"""The report: kept beside the release, valid, made once, printed, and the command that makes it."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from builder import audit
from builder.audit.registry import audits
from builder.base import schemas
from builder.base.records import Profile, Question, digest
from builder.format.audit_report import NoReport
from builder.format.reading import open_release
from builder.run import shards
from builder.run.workers import Workers
from tests.conftest import Run


def test_generate_audits_and_says_so(made: Path) -> None:
    report = audit.read_report(made / "audit.json")
    assert report
    assert report.people == 28
    assert {finding.audit for finding in report.findings} == {kind.name for kind in report.audits}
    assert [kind.name for kind in report.audits] == [each.name for each in audits()]
    schemas.check("audit", json.loads((made / "audit.json").read_text()))
    assert len({finding.check for finding in report.findings}) == len(report.findings)


def test_a_sound_run_passes_every_check(made: Path) -> None:
    report = audit.read_report(made / "audit.json")
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
    with pytest.raises(NoReport, match="is no report"):
        audit.read_report(run / "audit.json")


def write_marks(run: Path) -> list[str]:
    """Marks of a judge for three people, the second worst of all; return their ids."""
    people = list(open_release(run).people())[::10]
    opinions = [
        {
            "profile_id": person.profile.id,
            "sha256": digest(person.profile, reversed(person.questions)),
            "naturalness": 3 if number == 1 else 9,
            "consistency": 9,
            "remark": "Stiff." if number == 1 else "",
        }
        for number, person in enumerate(people)
    ]
    (run / "judge.json").write_text(json.dumps({"model": "m-1", "asked": 3, "opinions": opinions}))
    return [person.profile.id for person in people]


def test_the_records_of_a_run_and_its_release_have_one_digest(made: Path) -> None:
    asked = [each for path in (made / "questions").glob("*.parquet") for each in shards.read(path, Question)]
    profiles = [each for path in (made / "profiles").glob("*.parquet") for each in shards.read(path, Profile)]
    people = {person.profile.id: person for person in open_release(made).people()}
    assert len(profiles) == len(people) == 28
    for profile in profiles:
        person = people[profile.id]
        questions = [question for question in asked if question.profile_id == profile.id]
        assert digest(profile, questions) == digest(person.profile, person.questions)
        assert digest(profile, questions) == digest(profile, questions[::-1]) != digest(profile, [])


def test_a_judges_marks_are_part_of_the_report(made: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    ids = write_marks(folder)
    result = run("audit", folder, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "judge: naturalness 7.0, consistency 9.0 of 10, on 3 people, by m-1" in result.output
    assert f"{ids[1]}: naturalness 3, consistency 9: Stiff." in result.output
    report = audit.read_report(folder / "audit.json")
    assert report
    assert report.judge
    assert report.judge.worst[0].id == ids[1]
    schemas.check("audit", json.loads((folder / "audit.json").read_text()))


def test_a_standing_report_follows_the_marks_and_takes_none_of_other_texts(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    before = (folder / "audit.json").read_bytes()
    write_marks(folder)
    report = audit.stands(open_release(folder))
    assert report
    assert report.judge
    assert report == audit.read_report(folder / "audit.json")
    marks = json.loads((folder / "judge.json").read_text())
    marks["opinions"][1]["sha256"] = "0" * 64
    (folder / "judge.json").write_text(json.dumps(marks))
    report = audit.stands(open_release(folder))
    assert report
    assert report.judge
    assert (report.judge.people, report.judge.naturalness) == (2, 9.0)
    for text in ("{}", "[1]", '{"model": "m-1", "opinions": [{}]}', "nothing"):
        (folder / "judge.json").write_text(text)
        assert audit.stands(open_release(folder))
        assert (folder / "audit.json").read_bytes() == before


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
    report = audit.read_report(made / "audit.json")
    assert report
    failed = dataclasses.replace(report.findings[0], passed=False)
    spoiled = dataclasses.replace(report, passed=False, findings=(failed, *report.findings[1:]))
    assert "failed: " in audit.describe(spoiled, tmp_path)
    assert [finding.check for finding in spoiled.failed] == [failed.check]
