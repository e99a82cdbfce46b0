"""Every knob of a baseline run, typed, with its default and its description in one place.

A model of three million weights needs other settings than one of seven billion: the knobs that differ have their
defaults in `TINY` and `PRETRAINED`.
"""

import copy
import datetime
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from builder.base.errors import CallError
from builder.base.recipe import ChatPart
from builder.base.settings import Section, Share, first_fault, keys_of, put, unknown

TODAY = datetime.date(2025, 1, 1)
"""What day it is for a chat template that prints the date: the same prompts every day, unless set otherwise."""
TINY_MODEL = "tiny"
"""The name of the embedded model."""

_CHOICES = Path(__file__).parent / "methods" / "choices.toml"
"""What tuning chose for the models that it was tried with."""
_LISTED = "docs/baseline.md"


class TrainPart(Section):
    """How vanilla and the oracle are made."""

    epochs: float = Field(ge=0, description="passes over the training questions, at most")
    lr: float = Field(gt=0, description="peak learning rate")
    batch: int = Field(32, ge=1, description="questions in each optimiser step")
    micro_batch: int = Field(0, ge=0, description="questions in each forward pass; 0 takes the whole batch at once")
    warmup_steps: int = Field(40, ge=0, description="steps over which the learning rate rises")
    weight_decay: float = Field(0.0, ge=0, description="decoupled weight decay")
    clip: float = Field(1.0, gt=0, description="largest norm of all gradients together")
    rehearsal: Share = Field(0.0, description="share of each batch about strangers known from before; only for 'tiny'")
    stop_at: Share = Field(0.995, description="share of monitored answers known by heart at which training stops early")
    monitor: int = Field(256, ge=0, description="open questions and blanks that are monitored")
    freeze_vision: bool = Field(True, description="leave the vision tower as it is, and encode each image once")
    gradient_checkpointing: bool = Field(False, description="trade time for memory")
    checkpoint_minutes: float = Field(10.0, gt=0, description="minutes of training between checkpoints")


class UnlearnPart(Section):
    """What holds for every unlearning method that does not say otherwise."""

    lr: float = Field(gt=0, description="learning rate of a method; each scales it by its own factor")
    batch: int = Field(16, ge=1, description="forget questions in each step, and as many retain questions")
    epochs: float = Field(1.0, gt=0, description="passes over the forget questions; each method scales it")
    modality: Literal["both", "image", "text"] = Field("both", description="whose questions unlearning uses")
    steps: int = Field(0, ge=0, description="optimiser steps instead of passes; 0 uses passes")
    clip: float = Field(1.0, gt=0, description="largest norm of all gradients together")


class EvaluatePart(Section):
    """What is asked of each model."""

    batch: int = Field(64, ge=1, description="questions answered at once; changes no result")
    share_prefix: bool = Field(True, description="encode an image's prefix once for all questions about it")
    retain_people: int = Field(20, ge=0, description="retain people that are evaluated; 0 means all")
    holdout_people: int = Field(20, ge=0, description="held-out people that are evaluated; 0 means all")
    controls_people: int = Field(12, ge=0, description="people of each set that are asked as controls; 0 means all")
    max_new_tokens: int = Field(
        0, ge=0, description="longest answer in tokens; 0: a quarter more than the longest true answer, at least 48"
    )
    fluency: bool = Field(True, description="have the untrained model score the answers about the forget set")
    general_limit: int = Field(0, ge=0, description="questions of each task of general ability; 0 means all")
    gate: Share = Field(0.9, description="share of facts vanilla must know for forgetting scores to be valid")
    gate_column: Share = Field(
        0.5, description="how far vanilla must be from guessing to 1 in a column for its distances to be shown"
    )
    gate_people: int = Field(20, ge=0, description="retain people asked by the memorisation gate; 0 means all")


class JudgePart(ChatPart):
    """The language model that marks open answers, and how it is asked."""

    temperature: float = Field(0.0, ge=0, le=2, description="0 for the likeliest marks")
    max_tokens: int = Field(1024, ge=64, le=128_000, description="longest reply")


class ReferencePart(Section):
    """Published figures that stand beside ours: where they are from, and by model a figure for columns of the table."""

    source: str = Field(min_length=1, description="where the figures are published")
    models: dict[str, dict[str, float]] = Field(description="by model, the figures by column")


class Settings(Section):
    """Every knob of a baseline run."""

    model: str = Field(TINY_MODEL, min_length=1, description="'tiny', a folder, or a model's name on the Hub")
    lora: int = Field(0, ge=0, description="rank of the low-rank adapter that is trained; 0 trains all weights")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field("auto", description="number format of training")
    forget: int = Field(10, ge=1, le=99, description="which forget set, in percent of the people")
    today: datetime.date = Field(TODAY, description="the date that a chat template may print")
    methods: tuple[str, ...] = Field((), description="unlearning methods to run")
    attacks: tuple[str, ...] = Field((), description="attacks on every model")
    general: tuple[str, ...] = Field((), description="tasks of lmms-eval that measure general ability")
    tune: bool = Field(False, description="tune every method by the same protocol first")
    evaluate_only: bool = Field(False, description="evaluate the model as it is; train nothing")
    seed: int = Field(0, ge=0, description="first seed")
    seeds: int = Field(1, ge=1, le=100, description="how many seeds, counted up from the first")
    train: TrainPart
    unlearn: UnlearnPart
    evaluate: EvaluatePart = EvaluatePart()
    judge: JudgePart | None = Field(None, description="the language model that rates open answers; none when absent")
    reference: ReferencePart | None = Field(None, description="published figures; none when absent")
    knobs: dict[str, dict[str, Any]] = Field({}, description="settings of single methods, by the method's name")

    @property
    def tiny(self) -> bool:
        """Whether the embedded model is used."""
        return self.model == TINY_MODEL


TINY: Mapping[str, Mapping[str, Any]] = {
    "train": {"epochs": 3.4, "lr": 1e-3, "batch": 16, "rehearsal": 0.25},
    "unlearn": {"lr": 5e-4},
}
"""Defaults for the embedded model."""

PRETRAINED: Mapping[str, Mapping[str, Any]] = {
    "train": {"epochs": 3.0, "lr": 1e-4, "batch": 16, "micro_batch": 4},
    "unlearn": {"lr": 2e-5, "batch": 4},
}
"""Defaults for a pre-trained model."""


def resolve(given: Mapping[str, Any], changes: Mapping[str, Any], knobs: Mapping[str, Mapping[str, type]]) -> Settings:
    """The settings of a run: the options `given`, then `changes` of dotted keys ("train.lr").

    `knobs` are the knobs of every method with their types. Raises CallError with one sentence on any fault.
    """
    model = given.get("model") or TINY_MODEL
    defaults = TINY if model == TINY_MODEL else PRETRAINED
    tree = {"knobs": {} if given.get("tune") else _chosen(model), **copy.deepcopy(dict(defaults))}
    tree.update({key: value for key, value in given.items() if value is not None})
    tree.setdefault("evaluate", {})
    for key, value in changes.items():
        _put(tree, key, value, knobs)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise CallError(first_fault(error, _keys(knobs), _LISTED)) from None
    if settings.train.rehearsal and not settings.tiny:
        share, name = settings.train.rehearsal, settings.model
        raise CallError(f"train.rehearsal = {share:g}: {name} knows no strangers; only tiny does.")
    return settings


def _chosen(model: str) -> dict[str, dict[str, float]]:
    """The knobs that tuning chose for a model, by method; empty for most models."""
    found = tomllib.loads(_CHOICES.read_text(encoding="utf-8")).get(model, {})
    return {name: {knob: float(value) for knob, value in knobs.items()} for name, knobs in found.items()}


def differences(one: Mapping[str, Any], other: Mapping[str, Any], above: str = "") -> list[str]:
    """The dotted keys whose values differ between two trees of settings."""
    found = []
    for key in sorted({*one, *other}):
        left, right = one.get(key), other.get(key)
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            found += differences(left, right, f"{above}{key}.")
        elif left != right:
            found.append(f"{above}{key}")
    return found


def _put(tree: dict[str, Any], key: str, value: Any, knobs: Mapping[str, Mapping[str, type]]) -> None:
    section, _, name = key.partition(".")
    if name in knobs.get(section, {}):
        put(tree["knobs"].setdefault(section, {}), name, _fitting(key, value, knobs[section][name]))
    elif key not in _keys(knobs):
        raise CallError(f"--set: {unknown(key, _keys(knobs), _LISTED)}")
    elif section == "judge" and "judge" not in tree:
        raise CallError(f"--set {key} needs a judge: name its model with --judge.")
    else:
        put(tree, key, value)


_KNOBS: Mapping[type, tuple[str, Callable[[Any], bool]]] = {
    int: ("an integer", lambda value: isinstance(value, (int, float)) and value == int(value)),
    float: ("a number", lambda value: isinstance(value, (int, float))),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    str: ("a text", lambda value: isinstance(value, str)),
}
"""What a method's knob of each type takes: in words, and whether a value is such."""


def _fitting(key: str, value: Any, wanted: type) -> Any:
    """The value of a method's knob in the knob's type. Raises CallError if it has another type."""
    words, fits = _KNOBS[wanted]
    if isinstance(value, bool) != (wanted is bool) or not fits(value):
        raise CallError(f"{key} = {value!r}: must be {words}.")
    return wanted(value)


def _keys(knobs: Mapping[str, Mapping[str, type]]) -> list[str]:
    """Every key that --set accepts: those of the settings and of the methods."""
    own = [f"{method}.{name}" for method, fields in knobs.items() for name in fields]
    return own + [key for key in keys_of(Settings) if key != "knobs"]
