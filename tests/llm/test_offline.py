import itertools
import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import BenchError
from builder.llm.grammar import article
from builder.llm.offline import OfflineWriter
from builder.llm.writer import Ask
from builder.records import Modality, Profile
from tests.questions.people import VALUES, people, person

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
    about_a_parent = r"and he is an?|(?:before|of) her marriage|"
    assert not re.search(other, re.sub(about_a_parent, "", text), re.IGNORECASE), text


@settings(max_examples=60, deadline=None)
@given(people(), st.integers(0, 2**32))
def test_a_biography_is_well_formed(profile: Profile, seed: int) -> None:
    text = WRITER.biography(profile, Random(seed))
    sentences = re.split(r"(?<=\.)\s+(?=[^\W\d_a-z])", text)
    assert 10 <= len(sentences) <= 20
    assert all(sentence.endswith(".") for sentence in sentences)
    openings = [sentence.split()[0] for sentence in sentences]
    assert not any(len(set(row)) == 1 for row in zip(openings, openings[1:], openings[2:], strict=False)), text
    for found in re.finditer(r"(?<!\S)(an?) (\S+)", text):
        assert found.group(1) == article(found.group(2)), found.group()


def test_biographies_differ_and_depend_on_the_stream_alone() -> None:
    profile = person()
    assert WRITER.biography(profile, Random(1)) == WRITER.biography(profile, Random(1))
    assert len({WRITER.biography(profile, Random(seed)) for seed in range(100)}) == 100


def test_a_biography_needs_the_facts_it_states() -> None:
    profile = person()
    lacking = [fact for fact in profile.facts if fact.key != "bank"]
    with pytest.raises(BenchError, match="Profile 00001 has no fact 'bank'"):
        WRITER.biography(Profile(**{**vars(profile), "facts": tuple(lacking)}), Random(1))


@pytest.mark.parametrize("gender", ["female", "male"])
def test_every_template_is_used_and_reads_as_a_sentence(gender: str) -> None:
    profile = person(gender="female" if gender == "female" else "male")
    seen: set[str] = set()
    for seed, (fact, (_, values)) in itertools.product(range(8), VALUES.items()):
        asks = [
            Ask(fact, "generation", modality, use, variant, values[1:3])
            for modality in ("text", "image_text")
            for use in ("train", "paraphrase")
            for variant in range(4 if use == "train" else 2)
        ]
        for ask, wording in zip(asks, WRITER.word(profile, asks, Random(seed)), strict=True):
            assert re.fullmatch(r"[A-Z].*[?.]", wording.question), wording
            assert re.fullmatch(r"[A-Z0-9€+].*\.", wording.answer), wording
            assert values[0] in wording.answer
            assert values[1] in wording.wrong_answers[0]
            assert values[2] in wording.wrong_answers[1]
            assert ("Maria" in wording.question) is (ask.modality == "text")
            seen.add(wording.answer)
    assert len(seen) > len(VALUES) * 8


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
    asks = [Ask(fact, "generation", modality, "train", variant) for fact in VALUES for variant in range(4)]
    for seed, family in itertools.product(range(8), ("Nowak", "Silva")):
        asked = person(family=family)
        for ask, wording in zip(asks, WRITER.word(asked, asks, Random(seed)), strict=True):
            bare = [text.replace(asked.name, "N") for text in (wording.question, wording.answer)]
            replies.setdefault((ask.fact, bare[0]), set()).add(bare[1])
    assert {len(found) for found in replies.values()} == {1}
    for fact in VALUES:
        assert len(set.union(*(found for (key, _), found in replies.items() if key == fact))) >= 4


def test_wrong_answers_take_the_article_of_their_value() -> None:
    asks = [Ask("occupation", "generation", "text", "train", number, ("architect", "nurse")) for number in range(4)]
    answers = {sentence for wording in WRITER.word(person(), asks, Random(0)) for sentence in wording.wrong_answers}
    assert {"Maria Nowak is an architect.", "Maria Nowak is a nurse."} <= answers
    assert not any(re.search(r"\ba architect|\ban nurse", sentence) for sentence in answers)


def test_possessives_and_pronouns() -> None:
    asks = [Ask("pet_name", "cloze", modality, "train", n) for modality in ("text", "image_text") for n in range(4)]
    women = {wording.question for wording in WRITER.word(person(family="James"), asks, Random(0))}
    men = {wording.question for wording in WRITER.word(person(gender="male"), asks, Random(0))}
    assert {
        "Maria James's pet is called __.",
        "This person's pet is called __.",
        "Maria James named her pet __.",
    } <= women
    assert "Maria Nowak named his pet __." in men


def test_a_name_that_is_an_english_word_is_kept_out_of_image_questions() -> None:
    asks = [Ask("medical_condition", "classification", "image_text", "train", number) for number in range(3)]
    for seed in range(20):
        for wording in WRITER.word(person(given="Diagnosed", family="Live"), asks[:1], Random(seed)):
            assert "diagnosed" not in wording.question
            assert "live" not in wording.question
    with pytest.raises(BenchError, match=r"needs 3 wordings of medical_condition.train.classification for image_text"):
        WRITER.word(person(given="Diagnosed", family="Live"), asks, Random(0))


def test_a_fact_without_wordings_is_refused() -> None:
    with pytest.raises(BenchError, match="Profile 00001 has a fact 'shoe_size' that prompts/offline/questions/"):
        WRITER.word(person(), [Ask("shoe_size", "cloze", "text", "eval", 0)], Random(0))
