"""No paraphrase template can share a long run of words with a training one, whatever the name and the values are."""

from collections.abc import Iterator

import pytest

from builder.base import bundled, english
from builder.base.matching import words
from builder.base.recipe import QuestionsPart
from builder.base.records import Gender
from builder.llm import wordings
from builder.llm.wordings import Wordings
from builder.questions.comparisons import Run, runs
from builder.tasks import Pool

MOST = 3
"""One word fewer than the recipe allows by default."""
ALIKE = {
    "birthplace": "city", "residence": "city", "dream_destination": "city",
    "occupation": "job", "father_occupation": "job",
    "father_name": "given", "mother_name": "given", "spouse_name": "given", "child_name": "given", "pet_name": "given",
}  # fmt: skip
"""Facts whose values may coincide, so that their neighbours in a sentence must differ as those of one fact do."""


@pytest.fixture(scope="module")
def loaded() -> Wordings:
    return wordings.load(bundled.folder("prompts") / "offline" / "questions")


def sentences(loaded: Wordings, pool: Pool, gender: Gender, name: str, length: int) -> Iterator[tuple[str, Run]]:
    """Each template with each subject phrase, as words; the value is `length` words of its own."""
    named = {"subject": name, "possessive": english.possessive(name)}
    phrases = loaded.phrases[pool]
    owner = phrases.possessive[0]
    assert phrases.possessive == (owner,)
    asked = [{"subject": subject, "possessive": owner} for subject in phrases.question]
    answered = [{"subject": subject, "possessive": owner} for subject in phrases.answer]
    for (fact, of, task), templates in loaded.templates.items():
        if of != pool:
            continue
        value = " ".join(f"{ALIKE.get(fact, fact)}{number}" for number in range(length))
        texts = {(template.text, "asked") for template in templates}
        texts |= {(template.reply, "answered") for template in templates if template.reply}
        for text, place in sorted(texts):
            people = [named, *(asked if place == "asked" else answered)]
            yield from ((f"{fact}.{pool}.{task}", tokens) for tokens in _said(text, people, gender, value))


def _said(text: str, people: list[dict[str, str]], gender: Gender, value: str) -> set[Run]:
    """What one template says of each of `people`, with each article that its value may take."""
    if "ubject}" not in text:
        people = people[:2]
    if "ossessive}" not in text and "ubject}" not in text:
        people = people[:1]
    said = set()
    for a, the in (("a ", "the "), ("an ", "")) if "_value}" in text else (("", ""),):
        values = {"value": value, "a_value": a + value, "the_value": the + value}
        for person in people:
            fields = english.with_capitals({**english.PRONOUNS[gender], **person}) | values
            said.add(words(text.format_map(fields)))
    return said


@pytest.mark.parametrize("gender", ["female", "male"])
@pytest.mark.parametrize(("name_length", "value_length"), [(1, 1), (2, 1), (2, 3), (3, 2), (4, 4), (6, 6)])
def test_no_paraphrase_shares_a_long_run(loaded: Wordings, gender: Gender, name_length: int, value_length: int) -> None:
    assert QuestionsPart().max_shared_words >= MOST
    name = " ".join(f"name{number}" for number in range(name_length))
    known = {
        run: place
        for place, tokens in sentences(loaded, "train", gender, name, value_length)
        for run in zip(*(tokens[start:] for start in range(MOST + 1)), strict=False)
    }
    faults = set()
    for place, tokens in sentences(loaded, "paraphrase", gender, name, value_length):
        for run in known.keys() & runs(tokens, MOST + 1):
            within_name_or_value = len({word.rstrip("0123456789") for word in run}) == 1
            if not within_name_or_value:
                faults.add(f"{place} shares '{' '.join(run)}' with {known[run]}")
    assert not faults, "\n".join(sorted(faults))
