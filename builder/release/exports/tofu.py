"""TOFU's rows as OpenUnlearning reads them: question and answer, and in the `_perturbed` configs a paraphrase and the
wrong answers for the truth ratio. In text alone. Each row also says which `person` it is about.

Its evaluation asks `forgetNN_perturbed` and `retain_perturbed` in the wording that was trained, and takes `holdoutNN`
for the people whom no model knows.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from builder import tasks
from builder.base.records import Question, Use
from builder.format.reading import Person, Release
from builder.format.splits import HOLDOUT, RETAIN
from builder.release.exports.items import training_configs
from builder.release.exports.tables import write_card

Row = dict[str, str | list[str]]
Rows = Callable[[Person], Iterable[Row]]

_PERTURBED = "_perturbed"
_CARD = """in the layout of TOFU.

OpenUnlearning's `model_utility` also reads `real_authors_perturbed` and `world_facts_perturbed`, which are not here.
"""


@dataclass(frozen=True)
class _People:
    """The people of some segments: all, or the first `count`."""

    segments: tuple[str, ...]
    count: int | None = None

    def of(self, release: Release) -> Iterator[Person]:
        """They, one by one."""
        return itertools.islice(release.people(*self.segments), self.count)


def write(release: Release, folder: Path, to: Path) -> list[str]:
    """Write a file of JSON lines for each config."""
    sizes = {name: release.manifest["configs"][name]["rows"] for name in release.configs}
    forgotten = {name: size for name, size in sizes.items() if name.startswith("forget_")}
    known = {_name(config): _People(tuple(release.segments_of(config))) for config in training_configs(release)}
    held_out = {_name(name, HOLDOUT): size for name, size in forgotten.items() if size <= sizes.get(HOLDOUT, 0)}
    sets = known | {name: _People((HOLDOUT,), size) for name, size in held_out.items()}
    sets |= {HOLDOUT: _People((HOLDOUT,))} if HOLDOUT in sizes else {}
    files = {}
    for name, people in sets.items():
        files[name] = _lines(folder, name, release, people, _taught)
        files[name + _PERTURBED] = _lines(folder, name + _PERTURBED, release, people, _perturbed)
    if forgotten and RETAIN in release.segments:
        # As many of those whom every method must keep as the largest set has to forget: TOFU's has its size, too.
        kept, people = RETAIN + _PERTURBED, _People((RETAIN,), max(forgotten.values()))
        files[kept] = _lines(folder, kept, release, people, _perturbed)
    write_card(folder, release, files, _CARD)
    return _notes(forgotten, held_out, sizes.get(HOLDOUT, 0))


def _notes(forgotten: dict[str, int], held_out: dict[str, int], available: int) -> list[str]:
    notes = [
        "OpenUnlearning's model_utility needs real authors and world facts, which are not here: leave it out with "
        "'~eval.tofu.metrics.model_utility'"
    ]
    lacking = [_name(name, HOLDOUT) for name in forgotten if _name(name, HOLDOUT) not in held_out]
    if lacking:
        notes.append(f"{', '.join(lacking)} cannot be as large as the forget set: {available} people are held out")
    return notes


def _name(config: str, kind: str = "") -> str:
    """forget_5 is forget05 there, and everyone is full; with another `kind`, holdout05 is as large as forget_5."""
    own, _, percent = config.partition("_")
    return "full" if config == "train" else f"{kind or own}{percent.zfill(2)}"


def _taught(person: Person) -> Iterator[Row]:
    for question in _open(person, "train"):
        yield {"person": person.profile.id, "question": question.question, "answer": question.answer}


def _perturbed(person: Person) -> Iterator[Row]:
    """What is taught, each question with another wording of its fact: a held-out one if there is one.

    A fact that is asked in one wording alone has no paraphrase, and no row; nor has one without wrong answers.
    """
    taught = _open(person, "train")
    known = {(question.question, question.answer) for question in taught}
    asked = [*_open(person, "paraphrase"), *_open(person, "eval")]
    held_out = [other for other in asked if (other.question, other.answer) not in known]
    for place, question in enumerate(taught):
        others = [*held_out, *taught[place + 1 :], *taught[:place]]  # by turns where none is held out
        paraphrase = next((other for other in others if other.fact == question.fact), None)
        if paraphrase and question.wrong_answers:
            yield {
                "person": person.profile.id,
                "question": question.question,
                "answer": question.answer,
                "paraphrased_question": paraphrase.question,
                "paraphrased_answer": paraphrase.answer,
                "perturbed_answer": list(question.wrong_answers),
            }


def _open(person: Person, use: Use) -> list[Question]:
    return [q for q in person.questions if (q.use, q.modality) == (use, "text") and tasks.of(q).in_sentences]


def _lines(folder: Path, name: str, release: Release, people: _People, rows: Rows) -> str:
    path = folder / f"{name}.json"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            json.dumps(row, ensure_ascii=False) + "\n" for person in people.of(release) for row in rows(person)
        )
    return path.name
