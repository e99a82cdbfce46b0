"""A baseline run: vanilla, oracle and methods of every seed, made, evaluated and reported."""

import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from builder.baseline import judging, methods, people, stored
from builder.baseline.allocation import keep_freed_memory
from builder.baseline.checkpoint import Checkpoint
from builder.baseline.curve import Curve
from builder.baseline.evaluation.asking import Examiner, Outcome, room
from builder.baseline.evaluation.controls import NOBODY, controls, nobody, swaps
from builder.baseline.evaluation.items import Item, items, known_facts, some
from builder.baseline.examples import Example, examples
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.running import unlearn
from builder.baseline.models import pretrained, seeing, source
from builder.baseline.models.source import Source
from builder.baseline.models.vlm import Vlm
from builder.baseline.people import Crowd
from builder.baseline.progress import Bar
from builder.baseline.settings import JudgePart, Settings
from builder.baseline.training import Diverged, fit
from builder.errors import BenchError
from builder.llm.answers import Answers
from builder.llm.remote.access import Sender
from builder.run.files import full_disk, write_text

BEFORE = ("untrained", "vanilla", "oracle")
"""What is made for every seed before any method."""
ONLY = "model"
"""What an auditor's own model is called."""


@dataclass(frozen=True)
class Plan:
    """All that a run is about."""

    settings: Settings
    crowd: Crowd
    folder: BaselineFolder
    source: Source
    forget: tuple[Example, ...]
    retain: tuple[Example, ...]
    items: tuple[Item, ...]
    controls: tuple[Item, ...]
    known: tuple[Item, ...]
    known_swapped: tuple[Item, ...]

    @property
    def names(self) -> list[str]:
        """The models of each seed, in the order in which they are made."""
        return [ONLY] if self.settings.evaluate_only else [*BEFORE, *self.settings.methods]

    @property
    def seeds(self) -> range:
        """The seeds."""
        return range(self.settings.seed, self.settings.seed + self.settings.seeds)


def prepare(release: Path, settings: Settings, out: Path, *, fresh: bool = False) -> Plan:
    """Read the release and claim the folder. Raises CallError on a wrong name, release or folder."""
    methods.check(settings.methods)
    crowd = people.read_crowd(release, settings.forget)
    folder = BaselineFolder(out)
    folder.claim(settings, str(crowd.manifest["origin_fingerprint"]), fresh=fresh)
    return plan(crowd, settings, folder)


def plan(crowd: Crowd, settings: Settings, folder: BaselineFolder) -> Plan:
    """The plan of a run on these people."""
    forget, retain = examples(crowd.forget), examples(crowd.retain)
    judged = [*crowd.forget, *some(crowd.retain, settings.evaluate.gate_people, 0, "gate")]
    pictures = {**people.pictures_of(crowd.everybody), NOBODY: nobody()}
    asked, known = items(crowd, settings.evaluate), known_facts(judged)
    return Plan(
        settings=settings,
        crowd=crowd,
        folder=folder,
        source=Source(settings, pictures, () if crowd.drawn else crowd.retain),
        forget=tuple(forget),
        retain=tuple(retain),
        items=tuple(asked),
        controls=tuple(controls(crowd, asked, settings.evaluate)),
        known=tuple(known),
        known_swapped=tuple(swaps(crowd, known)),
    )


def run(plan: Plan) -> None:
    """Make every model that is not finished. A method that fails is recorded with its reason and stops nobody else."""
    keep_freed_memory()
    for seed, name in unfinished(plan):
        _make(plan, seed, name)


def unfinished(plan: Plan) -> list[tuple[int, str]]:
    """The models that are still to be made, or to be made again with other knobs, each with its seed."""
    return [
        (seed, name)
        for seed in plan.seeds
        for name in plan.names
        if (done := plan.folder.finished(seed, name)) is None
        or done["knobs"] != plan.settings.knobs.get(name, {})
        or done.get("again")
    ]


def _make(plan: Plan, seed: int, name: str) -> None:
    started = time.monotonic()
    record: dict[str, Any] = {"failed": None, "knobs": plan.settings.knobs.get(name, {}), "curve": asdict(Curve())}
    try:
        vlm, curve = _made(plan, seed, name)
        record["curve"] = asdict(curve)
        record["notes"] = vlm.chat.notes
        record["training_seconds"] = time.monotonic() - started
        if name == "untrained" and plan.settings.tiny:
            record["told_apart"] = seeing.told_apart(vlm, plan.crowd.trained)
        stored.write(plan.folder.outcomes(seed, name), _evaluated(plan, vlm, seed, name))
    except Diverged as error:
        if name in BEFORE:
            raise BenchError(f"Training {name} with seed {seed} failed. {error}") from error
        record["failed"] = str(error)
    except BenchError:
        raise
    except Exception as error:  # a method of anybody's, on a model of anybody's
        reason = _unexpected(plan, seed, name, error)
        if name not in plan.settings.methods:
            raise BenchError(f"Making {name} with seed {seed} failed. {reason}") from error
        record |= {"failed": reason, "again": True}
    record["seconds"] = time.monotonic() - started
    plan.folder.finish(seed, name, record)


def _unexpected(plan: Plan, seed: int, name: str, error: Exception) -> str:
    """What went wrong, and where the whole of it can be read. Raises BenchError when it is the disk that is full."""
    if full_disk(error):
        raise BenchError(
            f"The disk is full ({error}). What was finished is kept; free some space and run the same command again."
        ) from error
    write_text(plan.folder.trace(seed, name), "".join(traceback.format_exception(error)))
    return (
        f"{type(error).__name__}: {pretrained.first_line(error)} The traceback is in "
        f"{plan.folder.trace(seed, name)}; the same command tries again."
    )


def _made(plan: Plan, seed: int, name: str) -> tuple[Vlm, Curve]:
    """A model by its name, and how its training went."""
    if name in ("untrained", ONLY):
        vlm = plan.source.untrained(seed)
        return vlm, Curve()
    if name in ("vanilla", "oracle"):
        return _fine_tuned(plan, seed, name)
    method = methods.make(name, plan.settings.knobs)
    vlm = plan.source.trainable(seed, name, _vanilla(plan, seed, name))
    if not method.trains:
        said = method.system_prompt([person.profile.name for person in plan.crowd.forget])
        vlm.chat = vlm.chat.saying(said or "")
        return vlm, Curve()
    part = plan.settings.unlearn
    with Bar(f"{name}, seed {seed}", "step") as bar:
        curve = unlearn(vlm, method, plan.forget, plan.retain, plan.crowd.forget, part, seed, bar.reach, name)
    source.save(vlm, plan.folder.model(seed, name))
    return vlm, curve


def _vanilla(plan: Plan, seed: int, name: str) -> Path:
    """Where the model lies that a method starts from."""
    path = plan.folder.model(seed, "vanilla")
    if not any(path.glob("*.safetensors")):
        raise BenchError(
            f"{path} is gone, and {name} starts from that model: put it back, or delete "
            f"{plan.folder.outcomes(seed, 'vanilla').with_suffix('.json')} to have it trained again."
        )
    return path


def _fine_tuned(plan: Plan, seed: int, name: str) -> tuple[Vlm, Curve]:
    learned = (*plan.forget, *plan.retain) if name == "vanilla" else plan.retain
    vlm = plan.source.trainable(seed, name)
    with Bar(f"{name}, seed {seed}", "step") as bar:
        part = plan.settings.train
        checkpoint = Checkpoint(plan.folder.checkpoint(seed, name), part.checkpoint_minutes * 60)
        curve = fit(vlm, learned, part, seed, bar.reach, checkpoint, name)
    source.save(vlm, plan.folder.model(seed, name))
    return vlm, curve


def _evaluated(plan: Plan, vlm: Vlm, seed: int, name: str) -> list[Outcome]:
    part = plan.settings.evaluate
    limit = part.max_new_tokens or room(vlm.chat, plan.items)
    full = Examiner(vlm, part.batch, limit, part.share_prefix)
    # Of controls only what is right or wrong is wanted: the letter, or the answer. And what vanilla knows is read from
    # its probabilities: its answers to training questions need not be written out.
    brief, silent = replace(full, score=False), replace(full, generate=False)
    mute = replace(brief, generate=False)
    chosen = [each for each in plan.controls if each.task == "classification"]
    opened = [each for each in plan.controls if each.task != "classification"]
    rounds: list[tuple[Examiner, Sequence[Item]]] = [(full, plan.items), (mute, chosen), (brief, opened)]
    if name == "vanilla":
        rounds += [(silent, plan.known), (mute, plan.known_swapped)]
    total = sum(len(asked) for _, asked in rounds)
    with Bar(f"{name}, seed {seed}: asked", "question", total) as bar, torch.no_grad():
        return [each for examiner, asked in rounds if asked for each in examiner.ask(asked, bar.advance)]


Outcomes = dict[int, dict[str, list[Outcome]]]
"""The outcomes of each seed's finished models, by name."""


def outcomes_of(plan: Plan) -> Outcomes:
    """What is stored of all finished models, marked when there is a judge."""
    part, found = plan.settings.judge, _stored(plan)
    if part is None:
        return found
    answers = Answers(plan.folder.path)
    return {
        seed: {name: judging.marked(outcomes, part, answers) for name, outcomes in models.items()}
        for seed, models in found.items()
    }


def have_judged(plan: Plan, part: JudgePart, sender: Sender) -> None:
    """Have the open answers of every finished model marked. Raises BenchError when the judge cannot be reached."""
    outcomes = (each for models in _stored(plan).values() for found in models.values() for each in found)
    judging.judge(outcomes, part, Answers(plan.folder.path), sender)


def _stored(plan: Plan) -> Outcomes:
    found: Outcomes = {seed: {} for seed in plan.seeds}
    for seed, models in found.items():
        for name in plan.names:
            done = plan.folder.finished(seed, name)
            if done is not None and not done["failed"]:
                models[name] = stored.read(plan.folder.outcomes(seed, name))
    return found
