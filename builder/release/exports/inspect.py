"""Tasks of Inspect with their data: `inspect eval DIR/tasks.py@forget_5_classification --model …`."""

import json
from pathlib import Path

from builder.format.reading import Release
from builder.release.exports.items import evaluation, evaluation_configs, save_image

_TASKS = '''"""Questions about people who do not exist, as Inspect tasks: a set of people and a kind each."""

import base64
import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
from inspect_ai.scorer import choice, f1, includes
from inspect_ai.solver import generate, multiple_choice

HERE = Path(__file__).parent


def _image(name):
    kind = name.rpartition(".")[2]
    data = base64.b64encode((HERE / "images" / name).read_bytes()).decode()
    return ContentImage(image=f"data:image/{kind};base64,{data}")


def _sample(row):
    parts = [_image(row["image"])] if row["image"] else []
    asked = [ChatMessageUser(content=[*parts, ContentText(text=row["input"])])]
    keys = ("person", "fact", "modality")
    return Sample(
        id=row["id"],
        input=asked,
        target=row["target"],
        choices=row["choices"] or None,
        metadata={key: row[key] for key in keys},
    )


def _dataset(config, kind):
    lines = (HERE / f"{config}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["task"] == kind]
    return MemoryDataset([_sample(row) for row in rows], name=f"{config}_{kind}")


def _task(config, kind):
    solvers = {"classification": multiple_choice(), "cloze": generate(), "generation": generate()}
    scorers = {"classification": choice(), "cloze": includes(), "generation": f1()}
    return Task(dataset=_dataset(config, kind), solver=solvers[kind], scorer=scorers[kind])
'''

_FUNCTION = """

@task
def {config}_{kind}():
    return _task("{config}", "{kind}")
"""


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the tasks, a file of questions for each config, and the portraits as files."""
    code = _TASKS
    for config in evaluation_configs(release):
        code += "".join(_FUNCTION.format(config=config, kind=kind) for kind in _KINDS)
        with (folder / f"{config}.jsonl").open("w", encoding="utf-8") as file:
            for item in evaluation(release, config):
                if item.portrait:
                    save_image(item.portrait, folder / "images")
                question = item.question
                row = {
                    "id": question.id,
                    "person": question.profile_id,
                    "fact": question.fact,
                    "task": question.task,
                    "modality": question.modality,
                    "image": item.image_name,
                    # Its own solver writes the options and how to answer.
                    "input": question.question if question.options else item.prompt,
                    "choices": list(question.options),
                    "target": item.target,
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "tasks.py").write_text(code, encoding="utf-8")
    return []


_KINDS = ("classification", "cloze", "generation")
