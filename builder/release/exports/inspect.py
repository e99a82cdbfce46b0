"""An Inspect task with its data: `inspect eval DIR/tasks.py@questions -T config=forget_5 -T kind=classification …`."""

import json
from pathlib import Path

from builder.format.reading import Release
from builder.release.exports.handed_out import figures_of, hand_out, hand_out_scoring
from builder.release.exports.items import AskedQuestion, evaluation, evaluation_configs, evaluation_tasks, save_image


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write the task, a file of questions for each config, and the portraits as files."""
    hand_out("inspect_tasks.py", folder / "tasks.py")
    hand_out_scoring(evaluation_tasks(release), folder)
    for config in evaluation_configs(release):
        with (folder / f"{config}.jsonl").open("w", encoding="utf-8") as file:
            for item in evaluation(release, config):
                if item.portrait:
                    save_image(item.portrait, folder / "images")
                file.write(json.dumps(_row(item), ensure_ascii=False) + "\n")
    return ["ROUGE-L is scored with the package rouge-score: pip install rouge-score"]


def _row(item: AskedQuestion) -> dict[str, object]:
    question = item.question
    return {
        "id": question.id,
        "person": question.profile_id,
        "fact": question.fact,
        "task": question.task,
        "modality": question.modality,
        "image": item.image_name,
        "prompt": item.prompt,
        "target": item.target,
        "value": question.value,
        "others": list(item.others),
        "figures": figures_of(item.task),
    }
