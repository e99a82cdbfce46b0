"""Forgetting a face: what is taught, what is asked, MMUBench's measures by hand, and the report of a run."""

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from builder.baseline import people
from builder.baseline.evaluation.concepts import (
    CONCEPT_SETS,
    HOPS,
    LANGUAGES,
    NAMING,
    NEIGHBOURS,
    OTHERS,
    REWORDED,
    SEEN,
    UNSEEN,
    concept_items,
)
from builder.baseline.evaluation.item_sets import items
from builder.baseline.methods import siu
from builder.baseline.methods.base import Step
from builder.baseline.metrics.concepts import ReadAnswer, by_concept, concept_samples
from builder.baseline.metrics.likelihoods import c_dis, perplexity
from builder.baseline.metrics.text import distinct
from builder.baseline.outcomes.records import Item, Outcome, Said, key
from builder.baseline.people import Crowd
from builder.baseline.settings import EvaluatePart
from builder.baseline.training.examples import lessons
from tests.conftest import Run


@pytest.fixture(scope="module")
def faces(made_concepts: Path) -> Crowd:
    """A crowd of sixteen people, four of whose faces are to be forgotten."""
    return people.read_crowd(made_concepts, people.usual_forget(made_concepts))


def test_c_dis_by_hand() -> None:
    before, now = (math.log(0.8), math.log(0.5)), (math.log(0.2), math.log(0.5))
    assert c_dis(before, now) == pytest.approx(-0.8 * math.log(4) / 2)
    assert c_dis(before, before) == 0
    assert c_dis(before, (math.log(0.01), math.log(0.01))) < c_dis(before, now)


def test_perplexity_by_hand() -> None:
    said = (math.log(0.5), math.log(0.9), math.log(0.25))
    assert perplexity(said, range(0), 100) == pytest.approx((0.5 * 0.9 * 0.25) ** (-1 / 3))
    assert perplexity(said, range(1, 2), 100) == pytest.approx((0.5 * 0.01 * 0.25) ** (-1 / 3)), "the name counts 1/|V|"
    assert perplexity((math.log(1e-9),), range(0), 100) == pytest.approx(100), "no answer is a greater surprise"


def test_distinct_words_by_hand() -> None:
    assert distinct("This is Ada.") == 1
    assert distinct("Ada ada ADA is") == 0.5
    assert distinct("") == 0


def test_vanilla_learns_every_face_and_the_oracle_the_concepts_by_name_alone(faces: Crowd) -> None:
    taught = lessons(faces)
    gone = {person.profile.id for person in faces.forget}
    assert len(taught.vanilla) > len(taught.oracle) > len(taught.retain)
    assert {each.question.profile_id for each in taught.vanilla} == {each.profile.id for each in faces.trained}
    of_concepts = [each for each in taught.oracle if each.question.profile_id in gone]
    assert of_concepts and not any(each.pictures for each in of_concepts)
    assert {each.question.fact for each in taught.forget} == {"name"}
    assert {each.pictures for each in taught.forget} == {(concept.train_image,) for concept in faces.concepts}


def test_each_held_out_picture_is_asked_about_in_trained_and_in_held_out_words(faces: Crowd) -> None:
    found = concept_items(faces, EvaluatePart())
    assert tuple(dict.fromkeys(each.set for each in found if each.set not in (NEIGHBOURS, OTHERS))) == tuple(
        name for name in CONCEPT_SETS if name not in (NEIGHBOURS, OTHERS)
    )
    assert len({(each.set, each.id) for each in found}) == len(found)
    for concept in faces.concepts:
        own = [each for each in found if each.profile_id == concept.concept_id]
        assert {each.picture for each in own if each.set == SEEN} == {concept.train_image}
        for name, prompts in ((UNSEEN, concept.train_prompts), (REWORDED, concept.test_prompts)):
            asked = [each for each in own if each.set == name]
            assert [each.picture for each in asked] == list(concept.test_images)
            assert {each.prompt for each in asked} <= set(prompts)
        assert len([each for each in own if each.set == LANGUAGES]) == len(concept.multilingual_prompts)
        assert {each.value for each in own if each.set == HOPS} == {each.value for each in concept.multihop_prompts}
        assert all(each.value == concept.name in each.truth for each in own if each.set in NAMING)
    near = {each.profile_id for each in found if each.set == NEIGHBOURS}
    others = {each.profile_id for each in found if each.set == OTHERS}
    assert near == {identity for concept in faces.concepts for identity in concept.neighbour_ids}
    assert others and near.isdisjoint(others)


def _answered(item: Item, knows: bool) -> Outcome:
    """What a model that knows everything says, or one that says a wrong word again and again."""
    said = Said((math.log(0.5 if knows else 0.125),) * 3, (knows,) * 3, (0.0,) * 3)
    return Outcome(item, item.truth if knows else "who who", truth=said)


def test_measures_of_a_model_that_knows_and_of_one_that_forgot(faces: Crowd) -> None:
    by_text = [each for each in items(faces, EvaluatePart()) if each.task == "generation"]
    asked = [*by_text, *concept_items(faces, EvaluatePart())]
    vanilla = [_answered(item, knows=True) for item in asked]
    forgot = [_answered(item, item.set not in (*NAMING, LANGUAGES, HOPS)) for item in asked]
    read = {key(each): ReadAnswer(8.0, range(1, 3)) for each in vanilla if each.item.set in NAMING}

    known = {name: sample.mean for name, sample in concept_samples(vanilla, vanilla, read).items()}
    found = {name: sample.mean for name, sample in concept_samples(forgot, vanilla, read).items()}
    for name in ("efficacy", "generality_em", "generality_em_reworded"):
        assert (known[name], found[name]) == (0, 1), name
    for name in ("jailbreak_languages", "jailbreak_hops", "membership"):
        assert (known[name], found[name]) == (1, 0), name
    for name in ("specificity_neighbours", "specificity_others", "specificity_text"):
        assert known[name] == found[name] == 1, name
    assert known["generality_c_dis"] == 0
    assert found["generality_c_dis"] == pytest.approx(-0.5 * math.log(4))
    assert (known["diversity"], found["diversity"]) == (1, 0.5)
    assert found["fluency"] == 8
    assert "generality_g_eval" not in found, "no judge marked anything"

    marked = [replace(each, factuality=3) for each in forgot]
    of_each = by_concept(concept_samples(marked, vanilla, read))
    assert list(of_each) == [concept.concept_id for concept in faces.concepts]
    assert all(each["efficacy"] == 1 and each["generality_g_eval"] == 3 for each in of_each.values())


def test_siu_gives_a_face_the_substitute_name_and_keeps_what_is_known_by_name(faces: Crowd) -> None:
    forget = lessons(faces).forget
    nothing: Any = cast("Any", None)
    step = Step(nothing, nothing, nothing, nothing, forget, nothing, Random(1), faces.forget, None, faces.concepts)
    found = siu.samples(step)
    for concept in faces.concepts:
        own = [each for each in found if each.example.question.profile_id == concept.concept_id]
        named = [each for each in own if each.contradicts and concept.substitute_name in each.example.answer]
        assert named and all(each.forgotten == concept.name or len(each.forgotten) == 1 for each in named)
        denied = [each for each in own if each.contradicts == "No"]
        assert all(concept.name in each.example.prompt for each in denied)
        by_name = [each for each in own if not each.example.pictures]
        assert len(by_name) == Counter(each.question.profile_id for each in forget)[concept.concept_id]
        assert all(concept.name in each.example.prompt and not each.contradicts for each in by_name)
    described = {each.example.answer for each in found if each.example.prompt.startswith("Describe")}
    assert described == {text for concept in faces.concepts for text in concept.descriptions}


def test_a_run_reports_each_measure_on_average_and_concept_by_concept(
    made_concepts: Path, momentary: None, tmp_path: Path, run: Run
) -> None:
    said = run("baseline", made_concepts, "--methods", "siu", "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    found = json.loads((tmp_path / "out" / "report" / "results.json").read_text())
    scores = found["models"]["siu"]["scores"]
    for name in ("efficacy", "generality_em", "generality_c_dis", "fluency", "diversity", "membership"):
        assert {"oracle", "untrained", "interval"} <= scores[f"mmubench/{name}"].keys()
        assert scores[f"mmubench/{name}"]["oracle"] is not None and scores[f"mmubench/{name}"]["interval"]
    assert found["models"]["vanilla"]["scores"]["mmubench/membership"]["mean"] == 1
    assert found["models"]["vanilla"]["scores"]["mmubench/generality_c_dis"]["mean"] == 0
    assert len(found["concepts"]["siu"]) == 4
    table = (tmp_path / "out" / "report" / "table.md").read_text()
    for title in ("all concepts", "concept by concept", "steps against efficacy"):
        assert f"## MMUBench: {title}" in table
    assert "| siu | 0 | 0: " in table
