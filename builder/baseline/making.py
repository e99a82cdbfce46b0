"""Makes the models of a run: vanilla, the oracle, and each method's unlearned model."""

from pathlib import Path

import torch
import transformers

from builder.base.errors import BenchError
from builder.base.progress import Progress
from builder.baseline.methods.unlearning import unlearn
from builder.baseline.models import source
from builder.baseline.models.allocation import keep_freed_memory
from builder.baseline.models.vlm import Vlm
from builder.baseline.planning import ONLY, Plan
from builder.baseline.training import rehearsal
from builder.baseline.training.checkpoint import Checkpoint
from builder.baseline.training.curve import Curve
from builder.baseline.training.fitting import fit


def settle_process(plan: Plan) -> None:
    """Prepare this process for models: keep freed memory, silence transformers, and give the embedded model one thread.

    The order in which threads add up changes the last digits. With one, a seed gives the same weights however many
    processors there are and however many models are made side by side; the model is too small to gain much from more.
    """
    keep_freed_memory()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()  # our own bars show the progress
    if plan.settings.tiny:
        torch.set_num_threads(1)


def make_model(plan: Plan, seed: int, name: str) -> tuple[Vlm, Curve]:
    """The model of this name, and the curve of its training."""
    if name in ("untrained", ONLY):
        vlm = plan.source.untrained(seed)
        return vlm, Curve()
    if name in ("vanilla", "oracle"):
        return fine_tuned(plan, seed, name)
    method = plan.method(name)
    if not method.trains:
        return open_model(plan, seed, name), Curve()
    vlm = plan.source.trainable(seed, name, vanilla_of(plan, seed, name))
    part = plan.settings.unlearn
    with Progress(f"{name}, seed {seed}", "steps") as progress:
        curve = unlearn(
            vlm,
            method,
            plan.forget,
            plan.retain,
            plan.crowd.forget,
            part,
            seed,
            progress.reach,
            name,
            concepts=plan.crowd.concepts,
        )
    source.save(vlm, plan.folder.model(seed, name))
    return vlm, curve


def open_model(plan: Plan, seed: int, name: str) -> Vlm:
    """A model that already exists or needs no making: the base model, and vanilla with a system prompt."""
    if name in ("untrained", ONLY):
        return plan.source.untrained(seed)
    method = plan.method(name) if name in plan.methods else None
    if method is None or method.trains:
        return plan.source.trainable(seed, name, plan.folder.model(seed, name))
    vlm = plan.source.trainable(seed, name, vanilla_of(plan, seed, name))
    said = method.system_prompt([person.profile.name for person in plan.crowd.forget])
    vlm.chat = vlm.chat.saying(said or "")
    return vlm


def vanilla_of(plan: Plan, seed: int, name: str) -> Path:
    """The folder of the model that a method starts from."""
    path = plan.folder.model(seed, "vanilla")
    if not any(path.glob("*.safetensors")):
        raise BenchError(
            f"{path} is gone, and {name} starts from that model: put it back, or delete "
            f"{plan.folder.outcomes(seed, 'vanilla').with_suffix('.json')} to have it trained again."
        )
    return path


def fine_tuned(plan: Plan, seed: int, name: str) -> tuple[Vlm, Curve]:
    """Vanilla, trained on everybody, or the oracle, trained on all but what is to be forgotten."""
    learned = plan.lessons.vanilla if name == "vanilla" else plan.lessons.oracle
    vlm = plan.source.trainable(seed, name)
    with Progress(f"{name}, seed {seed}", "steps") as progress:
        part = plan.settings.train
        checkpoint = Checkpoint(plan.folder.checkpoint(seed, name), part.checkpoint_minutes * 60)
        known = rehearsal.examples() if plan.settings.tiny and part.rehearsal else []
        curve = fit(vlm, learned, part, seed, progress.reach, checkpoint, name, known)
    source.save(vlm, plan.folder.model(seed, name))
    return vlm, curve
