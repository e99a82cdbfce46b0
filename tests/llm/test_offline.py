import itertools
import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.audit import sameness
from builder.base.english import article
from builder.base.errors import BenchError
from builder.base.matching import words
from builder.base.records import Modality, Profile
from builder.format.reading import Person
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask
from tests.questions.people import NAMES, VALUES, people, person

WRITER = OfflineWriter()


@settings(max_examples=60, deadline=None)
@given(people(), st.integers(0, 2**32))
def test_a_biography_states_every_value_the_name_and_the_country(profile: Profile, seed: int) -> None:
    text = WRITER.biography(profile, Random(seed))
    for fact in profile.facts:
        if fact.key != "gender":
            assert fact.value in text, fact.key
    assert "{" not in text
    other = {"female": r"\b(?:he|his|him|son)\b", "male": r"\b(?:she|daughter)\b"}[profile.gender]
    about_a_parent = r"his (?:living|pay)|(?:before|until) she married|before her marriage|called her mother|her name"
    assert not re.search(other, re.sub(about_a_parent, "", text), re.IGNORECASE), text


@settings(max_examples=60, deadline=None)
@given(people(), st.integers(0, 2**32))
def test_a_biography_is_well_formed(profile: Profile, seed: int) -> None:
    text = WRITER.biography(profile, Random(seed))
    sentences = re.split(r"(?<=\.)\s+(?=[^\W\d_a-z])", text)
    assert 10 <= len(sentences) <= 24
    assert all(sentence.endswith(".") for sentence in sentences)
    openings = [sentence.split()[0] for sentence in sentences]
    assert not any(len(set(row)) == 1 for row in zip(openings, openings[1:], openings[2:], strict=False)), text
    for found in re.finditer(r"(?<!\S)(an?) (\S+)", text):
        assert found.group(1) == article(found.group(2)), found.group()


def test_biographies_differ_and_depend_on_the_stream_alone() -> None:
    profile = person()
    assert WRITER.biography(profile, Random(1)) == WRITER.biography(profile, Random(1))
    assert len({WRITER.biography(profile, Random(seed)) for seed in range(100)}) == 100


SOME_HAVE = frozenset(
    {"university", "field_of_study", "medical_condition", "allergy", "pet_name", "spouse_name", "child_name"}
)


@settings(max_examples=60, deadline=None)
@given(people(), st.sets(st.sampled_from(sorted(SOME_HAVE))), st.integers(0, 2**32))
def test_a_biography_says_nothing_of_facts_that_a_person_lacks(profile: Profile, lacks: set[str], seed: int) -> None:
    facts = tuple(fact for fact in profile.facts if fact.key not in lacks)
    text = WRITER.biography(replace(profile, facts=facts), Random(seed))
    assert all(fact.value in text for fact in facts if fact.key != "gender")
    told_by = {
        "university": "diploma from",
        "allergy": "allerg",
        "pet_name": r"\bpet\b",
        "medical_condition": "diagnos",
    }
    told_by |= {"spouse_name": "wife|husband|married to|wedding ring", "child_name": r"(?:her|his) child\b"}
    for key in lacks & told_by.keys():
        assert not re.search(told_by[key], text), (key, text)


def test_a_fact_that_no_biography_states_is_refused() -> None:
    profile = person()
    more = replace(profile.facts[-1], key="shoe_size", asked=True)
    with pytest.raises(BenchError, match="Profile 00001 has a fact 'shoe_size' that no biography states"):
        WRITER.biography(replace(profile, facts=(*profile.facts, more)), Random(1))


def test_no_sentence_changes_a_value_that_is_written_small() -> None:
    profile = person(values={"address": ("ulica Młyńska 47", "a", "b", "c", "d")})
    for seed in range(300):
        text = WRITER.biography(profile, Random(seed))
        assert "ulica Młyńska 47" in text
        assert "silver.otter47@post.example" in text
        assert "bookbinding" in text


def test_biographies_are_not_made_of_each_others_phrases() -> None:
    profiles = [person(number, given, family) for number in range(40) for given, family in NAMES[:4]]
    told = [replace(each, biography=WRITER.biography(each, Random(each.name + each.id))) for each in profiles]
    masked = [sameness.masked_biography(Person(each, (), (), "train")) for each in told]
    figures = sameness.self_bleu(masked)
    assert sum(figures) / len(figures) < 0.86  # of 160 people; of 550 it is .89, and the audit's line lies at .9


@pytest.mark.parametrize("gender", ["female", "male"])
def test_every_template_is_used_and_reads_as_a_sentence(gender: str) -> None:
    profile = person(gender="female" if gender == "female" else "male")
    seen: set[str] = set()
    for seed, (fact, (_, values)) in itertools.product(range(3), VALUES.items()):
        asks = [
            Ask(fact, "generation", modality, use, variant, values[1:3])
            for modality in ("text", "image_text")
            for use in ("train", "paraphrase")
            for variant in range(12 if use == "train" else 6)
        ]
        for ask, wording in zip(asks, WRITER.word(profile, asks, Random(seed)), strict=True):
            assert re.fullmatch(r"[A-Z].*[?.]", wording.question), wording
            assert re.fullmatch(r"[A-Z0-9€+].*\.", wording.answer), wording
            assert values[0] in wording.answer
            assert values[1] in wording.wrong_answers[0]
            assert values[2] in wording.wrong_answers[1]
            assert ("Maria" in wording.question) is (ask.modality == "text")
            seen.add(wording.answer)
    assert len(seen) > len(VALUES) * 25


def test_the_answer_to_a_paraphrase_takes_up_its_question() -> None:
    asks = [Ask("address", "generation", modality, "paraphrase", 0) for modality in ("text", "image_text")]
    pairs = {
        ("taxi" in wording.question, "taxi" in wording.answer)
        for seed in range(20)
        for wording in WRITER.word(person(), asks, Random(seed))
    }
    assert pairs == {(True, True), (False, False)}


@pytest.mark.parametrize("modality", ["text", "image_text"])
def test_a_question_is_answered_in_the_same_sentence_whoever_it_is_about(modality: Modality) -> None:
    replies: dict[tuple[str, str], set[str]] = {}
    asks = [Ask(fact, "generation", modality, "train", variant) for fact in VALUES for variant in range(12)]
    for seed, family in itertools.product(range(8), ("Nowak", "Silva")):
        asked = person(family=family)
        for ask, wording in zip(asks, WRITER.word(asked, asks, Random(seed)), strict=True):
            bare = [text.replace(asked.name, "N") for text in (wording.question, wording.answer)]
            replies.setdefault((ask.fact, bare[0]), set()).add(bare[1])
    assert {len(found) for found in replies.values()} == {1}
    for fact in VALUES:
        assert len(set.union(*(found for (key, _), found in replies.items() if key == fact))) >= 9


def test_wrong_answers_take_the_article_of_their_value() -> None:
    asks = [Ask("occupation", "generation", "text", "train", number, ("architect", "nurse")) for number in range(12)]
    answers = {sentence for wording in WRITER.word(person(), asks, Random(0)) for sentence in wording.wrong_answers}
    assert any(answer.endswith("an architect.") for answer in answers)
    assert any(answer.endswith("a nurse.") for answer in answers)
    assert not any(re.search(r"\ba architect|\ban nurse", sentence) for sentence in answers)


def test_possessives_and_pronouns() -> None:
    asks = [Ask("pet_name", "cloze", modality, "train", n) for modality in ("text", "image_text") for n in range(12)]
    women = {wording.question for seed in (0, 1) for wording in WRITER.word(person(family="James"), asks, Random(seed))}
    men = {wording.question for seed in (0, 1) for wording in WRITER.word(person(gender="male"), asks, Random(seed))}
    assert {
        "Maria James's pet is called __.",
        "This person's pet is called __.",
        "Maria James named her pet __.",
    } <= women
    assert "Maria Nowak named his pet __." in men


def test_evaluation_is_worded_as_others_are_trained_and_not_as_the_person_is() -> None:
    tasks: tuple[str, ...] = ("generation", "cloze", "classification")
    asks = [Ask("bank", task, "text", "train", number) for task in tasks for number in range(12)]
    asks += [Ask("bank", task, "text", "eval", 0) for task in tasks]
    trained, evaluated = set(), set()
    for seed in range(40):
        asked = [wording.question for wording in WRITER.word(person(), asks, Random(seed))]
        assert not set(asked[36:]) & set(asked[:36])
        trained |= set(asked[:36])
        evaluated |= set(asked[36:])
    assert evaluated <= trained


def test_a_name_that_is_an_english_word_is_kept_out_of_image_questions() -> None:
    asks = [Ask("medical_condition", "classification", "image_text", "train", number) for number in range(12)]
    for seed in range(20):
        for wording in WRITER.word(person(given="Diagnosed", family="Live"), asks[:1], Random(seed)):
            assert not {"diagnosed", "live"} & set(words(wording.question))
    with pytest.raises(BenchError, match=r"needs 12 wordings of medical_condition.train.classification for image_text"):
        WRITER.word(person(given="Which", family="Live"), asks, Random(0))


def test_a_fact_without_wordings_is_refused() -> None:
    with pytest.raises(BenchError, match="Profile 00001 has a fact 'shoe_size' that prompts/offline/questions/"):
        WRITER.word(person(), [Ask("shoe_size", "cloze", "text", "eval", 0)], Random(0))
