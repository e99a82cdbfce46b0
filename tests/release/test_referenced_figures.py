"""Public figures with references: what Wikidata adds to a release, and the pictures of Wikimedia Commons."""

import io
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from PIL import Image

import builder
from builder.base.records import Source
from builder.baseline.evaluation.item_sets import items
from builder.baseline.metrics.known_before import known_before
from builder.baseline.outcomes.records import Outcome
from builder.baseline.people import pictures_of, read_crowd
from builder.baseline.settings import EvaluatePart
from builder.cli import cli
from builder.figures import fetching
from builder.figures.roster import roster
from builder.format.reading import Person, open_release
from builder.format.splits import PUBLIC_FIGURES
from tests.conftest import Run
from tests.figures.wikimedia import CONTACT, PLACES, Wikimedia, asked_instead, file, item, picture, sha1, title, value
from tests.made_once import copy_of

COUNT, PICTURED = 5, 3
FACTS = {"birth_year", "death_year", "nationality", "profession"}


@pytest.fixture(scope="module")
def server() -> Iterator[Wikimedia]:
    """Both sites with four people, of whom one has no picture."""
    with asked_instead() as kept:
        del kept.claims(3)["P18"]
        kept.items |= {"Q20": item("Q20", "Kingdom of Denmark"), "Q21": item("Q21", "astronomer")}
        kept.claims(0).update(P27=[value({"id": "Q20"})], P106=[value({"id": "Q21"})])
        kept.metadata(1)["Artist"]["value"] = "A [b](http://evil.example) *c*"
        yield kept


@pytest.fixture(scope="module")
def folder(server: Wikimedia, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of references and pictures."""
    path = tmp_path_factory.mktemp("fetched") / "figures"
    assert "3 have a picture" in str(builder.fetch_figures(path, contact=CONTACT, count=4, with_pictures=True))
    return path


@pytest.fixture(scope="module")
def referenced(made_brief: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run whose release has references: the people of `brief`, laid out once more."""
    return copy_of("referenced", partial(_lay_out, made_brief, folder, "false"), tmp_path_factory) / "run"


@pytest.fixture(scope="module")
def illustrated(made_brief: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with pictures."""
    return copy_of("illustrated", partial(_lay_out, made_brief, folder, "true"), tmp_path_factory) / "run"


def _lay_out(made: Path, figures: Path, pictures: str, to: Path) -> None:
    shutil.copytree(made, to / "run")
    settings = (f"public_figures.count={COUNT}", f"public_figures.pictures={pictures}")
    arguments = ["generate", str(to / "run" / "recipe.toml"), "--out", str(to / "run"), "--workers", "1"]
    more = [part for setting in settings for part in ("--set", setting)]
    result = CliRunner().invoke(cli, [*arguments, "--figures", str(figures), *more])
    assert result.exit_code == 0, result.output


def people(run: Path) -> list[Person]:
    return list(open_release(run).people(PUBLIC_FIGURES))


def test_wikidata_adds_a_source_and_a_birthplace(referenced: Path) -> None:
    *four, fifth = people(referenced)
    for person, figure, place in zip(four, roster(), PLACES, strict=False):
        born = person.profile.fact("place_of_birth")
        assert born.value == place and set(born.alternatives) == set(PLACES) - {place}
        assert f"born in {place} in {figure.born}" in person.profile.biography
        wikidata = person.sources[1]
        agreed = "nationality, profession, " if figure.name == "Tycho Brahe" else ""
        assert wikidata.title.endswith(f": birth year, death year, {agreed}place of birth")
        assert (wikidata.licence, wikidata.revision_id > 0, wikidata.retrieved[-1]) == ("CC0 1.0", True, "Z")
    assert {fact.key for fact in fifth.profile.facts} == FACTS
    assert [source.qid for source in fifth.sources] == [""]
    said = {q.question for q in four[0].questions if q.fact == "place_of_birth" and q.task == "generation"}
    assert len(said) == 1 and "Tycho Brahe" in said.pop()


def test_without_pictures_they_are_asked_in_text_alone_and_the_sources_name_the_pictures(referenced: Path) -> None:
    for place, person in enumerate(people(referenced)):
        assert not person.portraits
        assert {question.modality for question in person.questions} == {"text"}
        named = [source.sha1 for source in person.sources if source.sha1]
        assert named == ([sha1(picture(place))] if place < PICTURED else [])
    card = (referenced / "release" / "README.md").read_text(encoding="utf-8")
    assert "They have no pictures here" in card and "build-bench figures embed" in card


def test_with_pictures_whoever_has_one_is_asked_by_it_and_never_named(referenced: Path, illustrated: Path) -> None:
    for before, person in zip(people(referenced), people(illustrated), strict=True):
        assert person.questions[: len(before.questions)] == before.questions, "a picture changes no question by name"
        shown = [question for question in person.questions if question.modality == "image_text"]
        assert bool(shown) == bool(person.portraits) == any(source.sha1 for source in person.sources)
        assert {(q.fact, q.task) for q in shown} in (set(), {(q.fact, q.task) for q in before.questions})
        for question in shown:
            said = f"{question.question} {question.answer} {' '.join(question.wrong_answers)}"
            assert not any(part in said.split() for part in person.profile.name.split())
    card = (illustrated / "release" / "README.md").read_text(encoding="utf-8")
    assert f"{PICTURED} of {COUNT} have a picture from Wikimedia Commons" in card


def test_pictures_have_the_format_of_the_portraits_and_fit_their_size(illustrated: Path) -> None:
    for portrait in (portrait for person in people(illustrated) for portrait in person.portraits):
        with Image.open(io.BytesIO(portrait.image)) as opened:
            assert (opened.format, opened.size) == ("WEBP", (32, 48))


def test_the_attribution_names_author_licence_and_source_of_each_and_renders_nothing_else(illustrated: Path) -> None:
    text = (illustrated / "release" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "Pictures are scaled down" in text
    assert (
        "Wikimedia Commons, File:Portrait 0.jpg, by Ann Other, "
        "<https://commons.wikimedia.org/wiki/File:Portrait_0.jpg>, CC BY-SA 4.0 "
        "(<https://creativecommons.org/licenses/by-sa/4.0/>)"
    ) in text
    assert r"by A \[b\]\(http://evil.example\) \*c\*" in text


def test_both_are_whole_sound_and_the_same_each_time(
    referenced: Path, illustrated: Path, folder: Path, run: Run
) -> None:
    for path in (referenced, illustrated):
        assert run("verify", path).exit_code == 0
        report = json.loads((path / "audit.json").read_text(encoding="utf-8"))
        checks = {finding["check"]: finding["passed"] for finding in report["findings"]}
        assert checks["public_figure_facts"] and checks["public_figure_sources"]
    again = run("generate", illustrated / "recipe.toml", "--out", illustrated)
    assert again.exit_code == 0 and "Nothing to do" in again.output


@pytest.mark.parametrize(("layout", "place"), [("mllmu", "Retain_Set"), ("umu", "Real_Person_Set")])
def test_peers_that_look_at_pictures_get_those_who_have_one(
    illustrated: Path, run: Run, tmp_path: Path, layout: str, place: str
) -> None:
    said = run("export", illustrated, "--layout", layout, "--to", tmp_path / layout)
    assert said.exit_code == 0, said.output
    kept = pq.read_table(tmp_path / layout / place)
    assert kept["ID"].to_pylist() == [f"{90000 + place}" for place in range(PICTURED)]
    assert all(kept["image"].to_pylist())


@pytest.mark.parametrize("layout", ["llava", "vlmeval", "lmms-eval", "inspect"])
def test_every_layout_with_pictures_can_be_written(illustrated: Path, run: Run, tmp_path: Path, layout: str) -> None:
    said = run("export", illustrated, "--layout", layout, "--to", tmp_path / layout)
    assert said.exit_code == 0, said.output


def test_the_gallery_is_told_whose_picture_it_is(illustrated: Path, run: Run) -> None:
    assert run("preview", illustrated).exit_code == 0
    page = (illustrated / "preview" / "data" / "people" / "90000.js").read_text(encoding="utf-8")
    assert "portraits/900/90000-reference-0.webp" in page and "Ann Other" in page and "CC BY-SA 4.0" in page


def test_a_baseline_asks_about_them_by_picture(illustrated: Path) -> None:
    crowd = read_crowd(illustrated, 10)
    asked = [item for item in items(crowd, EvaluatePart()) if item.set == PUBLIC_FIGURES and item.picture]
    assert {item.profile_id for item in asked} == {f"{90000 + place}" for place in range(PICTURED)}
    assert {item.picture for item in asked} <= pictures_of(crowd.public_figures).keys()
    answers = [Outcome(item, output=item.value) for item in asked if item.task == "cloze"]
    gate = known_before(answers)
    assert gate and {modality for _, _, modality in gate.facts} == {"image_text"}


def test_a_lacking_picture_is_one_clear_sentence(made_brief: Path, folder: Path, run: Run, tmp_path: Path) -> None:
    bare = shutil.copytree(folder, tmp_path / "bare", ignore=shutil.ignore_patterns("pictures"))
    shutil.copytree(made_brief, tmp_path / "run")
    settings = ("--set", f"public_figures.count={COUNT}", "--set", "public_figures.pictures=true")
    said = run("generate", tmp_path / "run" / "recipe.toml", "--out", tmp_path / "run", "--figures", bare, *settings)
    assert said.exit_code == 1
    assert "lacks File:Portrait 0.jpg" in said.output and "figures fetch --with-pictures" in said.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--figures", "figures"), "references needs public figures; public_figures.count says how many"),
        (("--set", "public_figures.pictures=true"), "pictures needs a folder that holds them; --figures FOLDER"),
        (("--figures", "none", "--set", "public_figures.count=4"), "There is no none/references.json"),
    ],
)
def test_a_wrong_call_is_explained(
    brief: Path, run: Run, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    said = run("generate", brief, "--out", tmp_path / "run", *arguments)
    assert said.exit_code == 2 and sentence in said.output


def test_anybody_can_put_the_pictures_in_by_hash(
    referenced: Path, illustrated: Path, server: Wikimedia, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    asked = ("figures", "embed", referenced, "--figures", tmp_path / "figures", "--contact", CONTACT)
    said = run(*asked, "--to", copy)
    assert said.exit_code == 0 and "3 pictures are in" in said.output
    for name in ("people/public_figures/00000-of-00001.parquet", "ATTRIBUTION.md", "README.md", "croissant.json"):
        assert (copy / name).read_bytes() == (illustrated / "release" / name).read_bytes()
    assert run("verify", copy).exit_code == 0
    before = len(server.asked)
    assert run(*asked, "--to", tmp_path / "other").exit_code == 0
    assert len(server.asked) == before, "what is in the folder is not asked for"
    twice = run(*asked, "--to", copy)
    assert twice.exit_code == 2 and f"{copy} exists already" in twice.output


def test_a_picture_that_is_another_one_now_stays_out(
    referenced: Path, server: Wikimedia, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(server.files[title(0)]["imageinfo"][0], "sha1", sha1(b"another"))
    monkeypatch.setitem(server.metadata(1), "License", {"value": "cc-by-4.0"})
    monkeypatch.delitem(server.files, title(2))
    asked = ("figures", "embed", referenced, "--figures", tmp_path / "figures", "--contact", CONTACT)
    said = run(*asked, "--to", tmp_path / "copy")
    assert said.exit_code == 0 and "0 pictures are in" in said.output
    first, second, third, *_ = (figure.name for figure in roster())
    assert f"no picture: {first}: its sha1 was {sha1(picture(0))} and is {sha1(b'another')}" in said.output
    assert f"no picture: {second}: its licence was CC BY-SA 4.0 and is CC BY 4.0" in said.output
    assert f"no picture: {third}: Wikimedia Commons has no such file" in said.output


def test_a_damaged_release_is_not_copied(referenced: Path, folder: Path, run: Run, tmp_path: Path) -> None:
    release = shutil.copytree(referenced / "release", tmp_path / "release")
    (release / "eval.yaml").write_text("rot")
    said = run("figures", "embed", release, "--to", tmp_path / "copy", "--figures", folder, "--contact", CONTACT)
    assert said.exit_code == 1 and "eval.yaml is damaged" in said.output
    assert not (tmp_path / "copy").exists()


def test_a_held_file_that_cannot_be_decoded_stays_out_each_time(server: Wikimedia, tmp_path: Path) -> None:
    data = b"no picture"
    server.uploads["odd.jpg"] = data
    server.files["File:Odd.jpg"] = file("File:Odd.jpg", data)
    server.files["File:Odd.jpg"]["imageinfo"][0]["url"] = f"{server.url}/upload/odd.jpg"
    page = "https://commons.wikimedia.org/wiki/File:Odd.jpg"
    named = {"Somebody": Source("Odd", page, "Ann", "CC BY-SA 4.0", "https://example.org", sha1=sha1(data))}
    for _ in range(2):
        refused = fetching.by_hash(tmp_path, named, CONTACT)
        assert refused == {"Somebody": "it cannot be decoded (UnidentifiedImageError)"}


def test_a_release_that_names_no_pictures_or_has_them_is_left_alone(
    made_brief: Path, illustrated: Path, run: Run, tmp_path: Path
) -> None:
    for path, sentence in ((made_brief, "made without --figures"), (illustrated, "has its pictures already")):
        said = run("figures", "embed", path, "--to", tmp_path / "copy", "--contact", CONTACT)
        assert said.exit_code == 2 and sentence in said.output
