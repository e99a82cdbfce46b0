"""Concepts: what a release says of the people whose faces are to be forgotten, on disk."""

import io
import json
import shutil
from pathlib import Path

import pytest
import yaml
from datasets import load_dataset
from PIL import Image

from builder.base.matching import folded, names_of, states, words
from builder.format.concepts import Concept
from builder.format.reading import Person, Release, open_release
from builder.portraits.views import vocabulary
from tests.conftest import Run
from tests.small.fixtures import CONCEPTS
from tests.small.releases import Row, edit_rows, settle

SCENE = ("pose", "light", "background", "framing", "clothes")


@pytest.fixture(scope="module")
def release(made_concepts: Path) -> Release:
    return open_release(made_concepts)


@pytest.fixture(scope="module")
def people(release: Release) -> dict[str, Person]:
    return {person.profile.id: person for person in release.people()}


def test_a_release_has_a_config_of_all_concepts_and_one_of_each(release: Release) -> None:
    concepts = release.concepts()
    forgotten = sorted(person.profile.id for person in release.people("forget_25"))
    assert [each.concept_id for each in concepts] == forgotten and len(forgotten) == 4
    rows = load_dataset(str(release.path), "concepts", split="train")
    assert rows["name"] == [each.name for each in concepts]
    one = load_dataset(str(release.path), f"concept_{forgotten[0]}", split="train")
    assert one["substitute_name"] == [concepts[0].substitute_name]
    head = yaml.safe_load((release.path / "README.md").read_text().split("---\n")[1])
    croissant = json.loads((release.path / "croissant.json").read_text())
    for listed in ({each["config_name"] for each in head["configs"]}, {each["@id"] for each in croissant["recordSet"]}):
        assert {"concepts", *(f"concept_{each}" for each in forgotten)} <= listed


def _texts(concept: Concept) -> list[str]:
    asked = [*concept.train_prompts, *concept.test_prompts, *concept.descriptions]
    return [
        *asked,
        *(each.prompt for each in concept.multilingual_prompts),
        *(each.prompt for each in concept.multihop_prompts),
    ]


def test_nobody_bears_the_substitute_and_nothing_but_text_facts_says_a_name(
    release: Release, people: dict[str, Person]
) -> None:
    concepts = release.concepts()
    borne = {word for person in people.values() for name in names_of(person.profile) for word in words(folded(name))}
    assert len({each.substitute_name for each in concepts}) == len(concepts)
    for concept in concepts:
        assert borne.isdisjoint(words(folded(concept.substitute_name)))
        names = [folded(name) for name in names_of(people[concept.concept_id].profile)]
        assert not any(states(folded(text), name) for text in _texts(concept) for name in names)
        assert all(concept.name in each.question for each in concept.text_facts)
        look = people[concept.concept_id].profile.appearance
        true = (
            f"with {look.skin_tone} skin",
            f"a {look.face_shape} face",
            f", {look.hair_colour} hair",
            f"and {look.eye_colour} eyes",
        )
        assert not any(phrase in text for phrase in true for text in concept.descriptions)


def test_prompts_come_in_five_languages_and_hops_ask_for_what_is_true(
    release: Release, people: dict[str, Person]
) -> None:
    for concept in release.concepts():
        assert len({each.language for each in concept.multilingual_prompts}) >= 5
        assert concept.multihop_prompts
        profile = people[concept.concept_id].profile
        assert all(profile.fact(each.fact).value == each.value for each in concept.multihop_prompts)


def test_neighbours_are_retained_and_held_out_pictures_show_no_trained_scene(
    release: Release, people: dict[str, Person]
) -> None:
    retained = {person.profile.id for person in release.people("retain")}
    for concept in release.concepts():
        assert len(concept.neighbour_ids) == 3 and set(concept.neighbour_ids) <= retained
        portraits = {each.id: each for each in people[concept.concept_id].portraits}
        assert portraits[concept.train_image].view == "reference"
        assert {portraits[each].view for each in concept.test_images} == {"test"}
        seen = {(key, getattr(each.scene, key)) for each in portraits.values() if each.view != "test" for key in SCENE}
        held_out = {(key, getattr(portraits[each].scene, key)) for each in concept.test_images for key in SCENE}
        assert not seen & held_out


def test_no_train_view_of_anybody_uses_a_word_of_the_held_out_views() -> None:
    learnt, held_out = vocabulary("train"), vocabulary("test")
    assert all(set(learnt[key]).isdisjoint(held_out[key]) for key in SCENE)


def test_names_are_asked_for_beside_pictures_alone(people: dict[str, Person]) -> None:
    for person in people.values():
        asked = [each for each in person.questions if each.fact == "name"]
        assert {each.modality for each in asked} == {"image_text"}
        assert {each.task for each in asked} == {"recognition", "recognition_choice", "recognition_yes_no"}
        for each in asked:
            if each.task == "recognition_yes_no":
                assert (each.answer == "Yes") == (person.profile.name in each.question)
            else:
                assert not states(folded(each.question), folded(person.profile.family_name))


def test_verify_finds_a_changed_concept(made_concepts: Path, tmp_path: Path, run: Run) -> None:
    release = open_release(Path(shutil.copytree(made_concepts, tmp_path / "run")))
    name = f"concepts/{release.concepts()[0].concept_id}.parquet"
    edit_rows(release.path, name, lambda rows: rows[0].update(substitute_name="X Y"))
    settle(release.path)
    said = run("verify", tmp_path / "run")
    assert said.exit_code == 1 and f"{name}: column substitute_name is not what" in said.output


def test_verify_finds_a_question_that_says_the_name(made_concepts: Path, tmp_path: Path, run: Run) -> None:
    release = open_release(Path(shutil.copytree(made_concepts, tmp_path / "run")))

    def give_away(rows: list[Row]) -> None:
        question = next(each for each in rows[0]["questions"] if each["task"] == "recognition")
        question["question"] = f"Is this {rows[0]['family_name']}, or who is it?"

    edit_rows(release.path, "people/retain/00000-of-00001.parquet", give_away)
    settle(release.path)
    said = run("verify", tmp_path / "run")
    assert said.exit_code == 1 and "task_is_kept: its question says" in said.output


def test_a_held_out_view_that_is_a_copy_of_the_training_view_fails_the_audit(
    made_concepts: Path, tmp_path: Path, run: Run
) -> None:
    copied = Path(shutil.copytree(made_concepts, tmp_path / "run"))
    release = open_release(copied)
    [copy] = [each for each in (next(iter(release.people("forget_25"))).portraits) if each.view == "reference"]
    buffer = io.BytesIO()
    Image.open(io.BytesIO(copy.image)).save(buffer, "WEBP", quality=95)

    def paste(rows: list[Row]) -> None:
        rows[0]["images"][0]["bytes"] = buffer.getvalue()

    edit_rows(release.path, "test/forget_25/00000-of-00001.parquet", paste)
    settle(release.path)
    said = run("audit", copied)
    assert "failed: Test views that were trained on" in said.output
    assert f"is nearly the same image as {copy.id}" in said.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("enabled = true", "enabled = false", "asks for names: set concepts.enabled = true"),
        ("training = 2", "training = 0", "needs the task recognition"),
    ],
)
def test_concepts_and_names_go_together(tmp_path: Path, run: Run, old: str, new: str, said: str) -> None:
    (tmp_path / "wrong.toml").write_text(CONCEPTS.replace(old, new, 1))
    made = run("generate", tmp_path / "wrong.toml", "--out", tmp_path / "run")
    assert made.exit_code == 2 and said in made.output


@pytest.mark.parametrize("layout", ["mllmu", "lmms-eval", "llava", "inspect"])
def test_exports_pass_the_concepts_over(made_concepts: Path, tmp_path: Path, run: Run, layout: str) -> None:
    said = run("export", made_concepts, "--layout", layout, "--to", tmp_path / "exported")
    assert said.exit_code == 0, said.output
