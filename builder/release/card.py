"""The dataset card, README.md without its YAML: what a person reads before using a release."""

import json

import pyarrow as pa

from builder.base.recipe import Recipe
from builder.format import layout
from builder.release.contents import Contents
from builder.release.croissant import citation
from builder.release.sample import Sample
from builder.release.stamp import Stamp

_MEANING = {
    "train": "everyone a model is trained on before unlearning",
    "forget": "people to be forgotten; each forget set holds the smaller ones",
    "retain": "everyone else who was trained on",
    "test": "the trained people again, asked in held-out wording and shown in held-out views",
    "holdout": "people no model is trained on: the non-members of membership attacks",
}
_COLUMNS = {
    "ID": "the person's number, five digits",
    "image": "the reference portrait",
    "images": "held-out views (`test` only, in place of `image`)",
    "biography": "a JSON object: Name, Born, Employment, Parents, Description and more",
    "question": "one plain question, which says the person's name",
    "answer": "its answer, one sentence",
    "Classification_Task": "multiple choice, in MLLMU-Bench's nesting",
    "Generation_Task": "open questions, in MLLMU-Bench's nesting",
    "Mask_Task": "fill-the-blank questions, in MLLMU-Bench's nesting",
    "metadata": "a JSON list of the open training questions (not in `test`)",
    "quartet": "the number of the four people whose values are the options of each other's questions",
    "name": "the full name",
    "given_name": "its first part",
    "family_name": "its last part",
    "locale": "language and country, such as pl_PL",
    "gender": "female or male",
    "age_group": "young, middle-aged or older",
    "appearance": "the words that drive the portraits",
    "facts": "every fact: key, value, category, sensitive, asked, alternatives, shared, implied_by",
    "portraits": "id, view and scene of each image of the row, in their order",
    "questions": "every question of the row, as `schemas/question.json` describes it",
    "train_images": "further views that a model may train on (not in `test`)",
}
_SAMPLE_FACTS = 8


def render(recipe: Recipe, contents: Contents, sample: Sample, made_with: dict[str, str], stamp: Stamp) -> str:
    """The card of a release."""
    parts = [
        _opening(recipe, stamp),
        _loading(recipe, stamp),
        _splits(recipe, contents),
        _sample(sample),
        _fields(),
        _making(recipe, made_with),
        _audit(stamp),
        _use(),
        _citing(recipe, stamp),
    ]
    return "\n".join(part for part in parts if part)


def _opening(recipe: Recipe, stamp: Stamp) -> str:
    version = f"\nThis is version {stamp.version}.\n" if stamp.version else ""
    return f"""# {recipe.name}

A benchmark for machine unlearning in vision-language models. **None of these people exists**: names, facts and
portraits are made by [build-bench](https://pypi.org/project/build-bench/) from a recipe and a seed. E-mail addresses
use reserved domains, telephone numbers lie in ranges kept for fiction or never assigned, and passport numbers have a
format that no state issues.
{version}"""


def _loading(recipe: Recipe, stamp: Stamp) -> str:
    # The card says no address: the same bytes stand on the Hub and in a folder.
    revision = f', revision="v{stamp.version}"' if stamp.version else ""
    check = f"\n`build-bench verify <this repository>@v{stamp.version}` checks every byte of it.\n" if revision else ""
    return f"""## Load it

```python
from datasets import load_dataset

here = "organisation/name"  # this repository, or the folder that holds this file
forget = load_dataset(here, "forget_{recipe.splits.forget[0]}", split="train"{revision})
```
{check}"""


def _splits(recipe: Recipe, contents: Contents) -> str:
    rows = "\n".join(
        f"| `{config.name}` | {contents.config_rows(config)} | {_MEANING[config.name.partition('_')[0]]} |"
        for config in contents.configs
    )
    q = recipe.questions
    each = 2 * (q.classification + q.generation + q.cloze)
    return f"""## Splits

| config | people | what it holds |
| --- | --- | --- |
{rows}

Every config has one split, `train`, as MLLMU-Bench has it, and one row a person. A person's evaluation has {each}
questions: {q.classification} multiple choice, {q.generation} open and {q.cloze} fill-the-blank in each modality,
image and text or text alone. The test set asks the same facts in held-out wording.
"""


def _sample(sample: Sample) -> str:
    row = sample.person
    images = "\n".join(f'<img src="{path}" width="160" alt="{view} view">' for view, path, _ in sample.portraits)
    views = ", ".join(view for view, _, _ in sample.portraits)
    facts = "\n".join(
        f"| {fact['key']} | {_cell(fact['value'])} | {fact['category']} |"
        for fact in [each for each in row["facts"] if each["asked"]][:_SAMPLE_FACTS]
    )
    shown: dict[tuple[str, str], dict[str, str]] = {}
    for each in row["questions"]:
        if each["use"] == "eval":
            shown.setdefault((each["task"], each["modality"]), each)
    questions = "\n".join(
        f"| {task} | {modality} | {_cell(each['question'])} | {_cell(each['answer'])} |"
        for (task, modality), each in shown.items()
    )
    return f"""## One of them

{images}

{row["name"]}, person {row["ID"]} (views: {views}).

| fact | value | category |
| --- | --- | --- |
{facts}

| task | modality | question | answer |
| --- | --- | --- | --- |
{questions}
"""


def _fields() -> str:
    columns = {field.name: field.type for schema in (layout.PERSON, layout.TEST) for field in schema}
    rows = "\n".join(f"| `{name}` | {_type(kind)} | {_COLUMNS[name]} |" for name, kind in columns.items())
    return f"""## Fields

| column | type | what it holds |
| --- | --- | --- |
{rows}
"""


def _making(recipe: Recipe, made_with: dict[str, str]) -> str:
    makers = {"who writes": recipe.writer, "who paints": recipe.portraits}
    makers_rows = "\n".join(
        f"| {role} | {', '.join(f'{key} {value}' for key, value in part.model_dump().items() if value != '')} |"
        for role, part in makers.items()
    )
    versions = ", ".join(f"{name} {version}" for name, version in made_with.items() if " by " not in name)
    makers_rows += "".join(f"\n| {_cell(name)} | {worded} |" for name, worded in made_with.items() if " by " in name)
    return f"""## How it was made

| | |
| --- | --- |
| recipe | `{recipe.name}`, every knob in `recipe.toml` |
| seed | {recipe.seed} |
{makers_rows}
| made with | {versions} |

The same recipe and seed make the same rows again; another seed makes another world of people. `manifest.json` has the
sha256 of every file, `schemas/` describes the records and `croissant.json` the tables.
"""


def _audit(stamp: Stamp) -> str:
    if not stamp.audit:
        return ""
    rows = "\n".join(
        f"| {check.name} | {'passed' if check.passed else '**failed**'} | {_cell(check.found)} |"
        for check in stamp.audit
    )
    return f"""## Audit

| check | result | found |
| --- | --- | --- |
{rows}
"""


def _use() -> str:
    return """## Intended use and limits

For research on unlearning and privacy. The facts are drawn by simple rules, and a drawn or painted face shows less than
a photograph: a model that does well here has not been shown to do well on real people. Nothing in it may be taken for a
statement about a real person; a likeness is chance.
"""


def _citing(recipe: Recipe, stamp: Stamp) -> str:
    return f"""## Licence and citation

{recipe.release.license}.

```bibtex
{citation(recipe, stamp.version)}
```
"""


def _type(kind: pa.DataType) -> str:
    if kind == layout.IMAGE:
        return "image"
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return f"{{{', '.join(field.name for field in kind)}}}"
    return str(kind)


def _cell(text: str) -> str:
    """Text that cannot end a table's cell or row."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("|", "\\|")
