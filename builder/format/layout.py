"""A row of the release: one person as MLLMU-Bench lays people out, with our own columns beside.

MLLMU-Bench's columns: ID, image, biography, question, answer, Classification_Task, Generation_Task, Mask_Task,
metadata; a row of its test set has `images`, a list, in place of `image`. docs/data.md describes every column.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from builder import tasks
from builder.base.records import LETTERS, Appearance, Fact, Portrait, Profile, Question, Scene, Source, to_json
from builder.format.concepts import CONCEPT, is_of_concepts
from builder.format.splits import PUBLIC_FIGURES
from builder.run.shards import arrow_schema
from builder.tasks import Column

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
"""An image as `datasets` stores it: its encoded bytes and its file name."""
_OPTIONS = pa.struct([(letter, pa.string()) for letter in LETTERS])
_CHOICE = pa.struct([("Question", pa.string()), ("Options", _OPTIONS), ("Correct_Answer", pa.string())])
_CHOICES = pa.struct([("Image_Textual_Questions", pa.list_(_CHOICE)), ("Pure_Text_Questions", pa.list_(_CHOICE))])
_OPEN = pa.list_(pa.struct([("Type", pa.string()), ("Question", pa.string()), ("Ground_Truth", pa.string())]))
_PORTRAIT = pa.struct([("id", pa.string()), ("view", pa.string()), ("scene", pa.struct(list(arrow_schema(Scene))))])
_MODALITIES = {"image_text": "Image_Textual", "text": "Pure_Text"}

_THEIRS = [
    ("biography", pa.string()),
    ("question", pa.string()),
    ("answer", pa.string()),
    ("Classification_Task", _CHOICES),
    ("Generation_Task", _OPEN),
    ("Mask_Task", _OPEN),
]
_OURS = [
    ("quartet", pa.int64()),
    ("name", pa.string()),
    ("given_name", pa.string()),
    ("family_name", pa.string()),
    ("locale", pa.string()),
    ("gender", pa.string()),
    ("age_group", pa.string()),
    ("appearance", pa.struct(list(arrow_schema(Appearance)))),
    ("facts", pa.list_(pa.struct(list(arrow_schema(Fact))))),
    ("portraits", pa.list_(_PORTRAIT)),
    ("questions", pa.list_(pa.struct(list(arrow_schema(Question))))),
]
PERSON = pa.schema(
    [
        ("ID", pa.string()),
        ("image", IMAGE),
        *_THEIRS,
        ("metadata", pa.string()),
        *_OURS,
        ("train_images", pa.list_(IMAGE)),
    ]
)
"""Columns of every config but the test set: the reference portrait, train views, training and evaluation questions."""
TEST = pa.schema([("ID", pa.string()), ("images", pa.list_(IMAGE)), *_THEIRS, *_OURS])
"""Columns of the test set: held-out views and held-out wording."""
_SOURCE = list(arrow_schema(Source))
_BUNDLED = ("title", "source_url", "author", "licence", "licence_url")
"""What is said of a source that comes along with build-bench; the other fields are about the network."""


def columns(config: str, *, referenced: bool = False) -> pa.Schema:
    """The columns of a config's rows; `referenced`: its public figures have sources on the network."""
    if is_of_concepts(config):
        return CONCEPT
    return {"test": TEST, PUBLIC_FIGURES: public_figure(referenced)}.get(config, PERSON)


def public_figure(referenced: bool) -> pa.Schema:
    """Columns of public figures: `sources` says where their facts come from, and under which licences."""
    said = [field for field in _SOURCE if referenced or field.name in _BUNDLED]
    return pa.schema([*PERSON, ("sources", pa.list_(pa.struct(said)))])


def person_row(profile: Profile, portraits: Sequence[Portrait], questions: Sequence[Question]) -> dict[str, Any]:
    """A row of `PERSON`; a public figure may be without a portrait."""
    asked = [question for question in questions if question.use != "paraphrase"]
    evaluation = [question for question in asked if question.use == "eval"]
    reference = [portrait for portrait in portraits if portrait.view == "reference"]
    train = [portrait for portrait in portraits if portrait.view == "train"]
    row = _common(profile, reference + train, evaluation, asked)
    row["image"] = _image(reference[0]) if reference or not may_lack_a_picture(profile) else None
    row["train_images"] = [_image(portrait) for portrait in train]
    row["metadata"] = json.dumps(
        [
            {"Question": question.question, "Answer": question.answer}
            for question in asked
            if question.use == "train" and tasks.of(question).in_sentences
        ],
        ensure_ascii=False,
    )
    return row


def public_figure_row(
    profile: Profile,
    portraits: Sequence[Portrait],
    questions: Sequence[Question],
    sources: Sequence[Source],
    *,
    referenced: bool = False,
) -> dict[str, Any]:
    """A row of `public_figure`."""
    said = [field.name for field in public_figure(referenced).field("sources").type.value_type]
    described = [{name: getattr(source, name) for name in said} for source in sources]
    return {**person_row(profile, portraits, questions), "sources": described}


def test_row(profile: Profile, portraits: Sequence[Portrait], questions: Sequence[Question]) -> dict[str, Any]:
    """A row of `TEST`."""
    held_out = [portrait for portrait in portraits if portrait.view == "test"]
    asked = [question for question in questions if question.use == "paraphrase"]
    row = _common(profile, held_out, asked, asked)
    row["images"] = [_image(portrait) for portrait in held_out]
    return row


def _common(
    profile: Profile, portraits: Sequence[Portrait], evaluation: Sequence[Question], asked: Sequence[Question]
) -> dict[str, Any]:
    return {
        "ID": profile.id,
        "biography": json.dumps(biography(profile), ensure_ascii=False),
        **_plain(profile, evaluation),
        "Classification_Task": _choices(_in_column(evaluation, "Classification_Task")),
        "Generation_Task": _answers(_in_column(evaluation, "Generation_Task")),
        "Mask_Task": _answers(_in_column(evaluation, "Mask_Task")),
        "quartet": profile.quartet,
        "name": profile.name,
        "given_name": profile.given_name,
        "family_name": profile.family_name,
        "locale": profile.locale,
        "gender": profile.gender,
        "age_group": profile.age_group,
        "appearance": to_json(profile.appearance),
        "facts": to_json(profile.facts),
        "portraits": [{"id": each.id, "view": each.view, "scene": to_json(each.scene)} for each in portraits],
        "questions": to_json(tuple(asked)),
    }


def may_lack_a_picture(profile: Profile) -> bool:
    """Whether a person may be without a portrait: a public figure, and a person of an imported set."""
    return profile.is_public_figure or not profile.facts


def _plain(profile: Profile, evaluation: Sequence[Question]) -> dict[str, str | None]:
    """One open question by name, which stands on its own; an imported set may have none."""
    plain = (each for each in evaluation if each.modality == "text" and tasks.of(each).in_sentences)
    found = next(plain) if profile.facts else next(plain, None)
    return {"question": found.question, "answer": found.answer} if found else {"question": None, "answer": None}


def biography(profile: Profile) -> dict[str, Any]:
    """MLLMU-Bench's biography object, its keys spelled the same in every row; what a person has not is empty."""
    if not profile.facts:
        return {"Name": profile.name, "Description": profile.biography}
    known: defaultdict[str, str] = defaultdict(str, ((fact.key, fact.value) for fact in profile.facts))
    return {
        "Name": profile.name,
        "Born": known["birthplace"] or known["place_of_birth"],
        "Date of Birth": known["birth_date"] or known["birth_year"],
        "Gender": profile.gender.capitalize(),
        "Employment": known["profession"] or f"{known['occupation']}, {known['employer']}",
        "Height": known["height"],
        "Educated at": known["university"],
        "Annual Salary": known["annual_salary"],
        "Residence": known["residence"],
        "Medical Conditions": known["medical_condition"],
        "Parents": {
            "Father": {"Name": known["father_name"], "Occupation": known["father_occupation"]},
            "Mother": {"Name": known["mother_name"], "Maiden Name": known["mother_maiden_name"]},
        },
        "Fun Facts": [known["hobby"], known["collection"], known["favourite_food"], known["dream_destination"]],
        "Description": profile.biography,
    }


def _in_column(questions: Sequence[Question], column: Column) -> list[Question]:
    return [question for question in questions if tasks.of(question).column == column]


def _choices(questions: Sequence[Question]) -> dict[str, list[dict[str, Any]]]:
    return {
        f"{label}_Questions": [
            {
                "Question": question.question,
                "Options": dict(zip(LETTERS, question.options, strict=True)),
                "Correct_Answer": question.letter,
            }
            for question in questions
            if question.modality == modality
        ]
        for modality, label in _MODALITIES.items()
    }


def _answers(questions: Sequence[Question]) -> list[dict[str, str]]:
    return [
        {"Type": _MODALITIES[question.modality], "Question": question.question, "Ground_Truth": question.answer}
        for question in questions
    ]


def _image(portrait: Portrait) -> dict[str, Any]:
    return {"bytes": portrait.image, "path": f"{portrait.id}.{portrait.format}"}


def features(schema: pa.Schema) -> dict[str, Any]:
    """The features of `datasets` for a schema, as its JSON: with them, load_dataset decodes the images.

    A list is written as a list of one feature, which every version reads: before 4.0 there was no type "List", and
    "Sequence" turns a list of structs into a struct of lists.
    """
    return {field.name: _feature(field.type) for field in schema}


def _feature(kind: pa.DataType) -> dict[str, Any] | list[Any]:
    if kind == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    return {"dtype": str(kind), "_type": "Value"}
