"""No paraphrase template can share a long run of words with a training one, whatever the name and the values are."""

import itertools
from collections.abc import Iterator

import pytest

from builder import bundled
from builder.llm import grammar, wordings
from builder.llm.wordings import Pool, Wordings
from builder.questions.comparisons import runs
from builder.recipe import QuestionsPart
from builder.records import Gender

MOST = 3
"""One word fewer than the recipe allows by default."""
ALIKE = {
    "birthplace": "city", "residence": "city", "dream_destination": "city",
    "occupation": "job", "father_occupation": "job",
    "father_name": "given", "mother_name": "given", "pet_name": "given",
}  # fmt: skip
"""Facts whose values may coincide, so that their neighbours in a sentence must differ as those of one fact do."""


@pytest.fixture(scope="module")
def loaded() -> Wordings:
    return wordings.load(bundled.folder("prompts") / "offline" / "questions")


def sentences(
    loaded: Wordings, pool: Pool, gender: Gender, name: str, length: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each template with each subject phrase, as words; the value is `length` words of its own."""
    pronouns = grammar.PRONOUNS[gender]
    phrases = loaded.phrases[pool]
    for (fact, of, part, modality), templates in loaded.templates.items():
        if of != pool:
            continue
        value = " ".join(f"{ALIKE.get(fact, fact)}{number}" for number in range(length))
        subjects = [(name, grammar.possessive(name))]
        if modality == "image_text":
            subjects = [
                *itertools.product(phrases.answer if part == "answer" else phrases.question, phrases.possessive)
            ]
        for template, (subject, owner) in itertools.product(templates, subjects):
            person = grammar.with_capitals({**pronouns, "subject": subject, "possessive": owner})
            for a, the in (("a ", "the "), ("an ", "")):
                values = {"value": value, "a_value": a + value, "the_value": the + value}
                yield f"{fact}.{pool}.{part}", grammar.words(template.text.format_map(person | values))


@pytest.mark.parametrize("gender", ["female", "male"])
@pytest.mark.parametrize(("name_length", "value_length"), [(1, 1), (2, 1), (2, 3), (3, 2), (4, 4), (6, 6)])
def test_no_paraphrase_shares_a_long_run(loaded: Wordings, gender: Gender, name_length: int, value_length: int) -> None:
    assert QuestionsPart().max_shared_words >= MOST
    name = " ".join(f"name{number}" for number in range(name_length))
    known = {
        run: place
        for place, tokens in sentences(loaded, "train", gender, name, value_length)
        for run in runs(tokens, MOST + 1)
    }
    faults = set()
    for place, tokens in sentences(loaded, "paraphrase", gender, name, value_length):
        for run in runs(tokens, MOST + 1):
            within_name_or_value = len({word.rstrip("0123456789") for word in run}) == 1
            if run in known and not within_name_or_value:
                faults.add(f"{place} shares '{' '.join(run)}' with {known[run]}")
    assert not faults, "\n".join(sorted(faults))
