"""Both validators agree, and a broken record is named with its place."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builder.base import bundled, schemas

QUESTION: dict[str, Any] = {
    "id": "00001-train-001",
    "profile_id": "00001",
    "fact": "birthplace",
    "task": "classification",
    "modality": "text",
    "use": "train",
    "question": "Where was Maria Nowak born?",
    "answer": "Kraków",
    "value": "Kraków",
    "options": ["Kraków", "Lublin", "Opole", "Toruń"],
    "letter": "A",
    "wrong_answers": [],
}
VALUES = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.lists(st.text(max_size=2), max_size=5))


@given(st.dictionaries(st.sampled_from([*QUESTION, "more"]), VALUES, max_size=3), st.sets(st.sampled_from([*QUESTION])))
def test_both_validators_agree(changed: dict[str, Any], dropped: set[str]) -> None:
    record = {key: value for key, value in (QUESTION | changed).items() if key not in dropped}
    valid = Draft202012Validator(json.loads(schemas.text("question"))).is_valid(record)
    try:
        schemas.check("question", record)
    except schemas.InvalidRecord:
        assert not valid
    else:
        assert valid


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"letter": "E"}, "question 00001-train-001: letter breaks schemas/question.json"),
        ({"options": ["a", "a", "b", "c"]}, "options breaks schemas/question.json"),
        ({"more": 1}, "question 00001-train-001: the record breaks schemas/question.json"),
        ({"options": ["a", "b", "c", ""]}, "options[3] breaks schemas/question.json"),
    ],
)
def test_a_broken_record_is_named_with_its_place(change: dict[str, Any], sentence: str) -> None:
    schemas.check("question", copy.deepcopy(QUESTION))
    with pytest.raises(schemas.InvalidRecord) as caught:
        schemas.check("question", QUESTION | change)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", sorted(path.stem for path in bundled.folder("schemas").glob("*.json")))
def test_every_schema_is_a_valid_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schemas.text(name)))
    with pytest.raises(schemas.InvalidRecord):
        schemas.check(name, {})
