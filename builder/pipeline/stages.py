"""The stages of a run, in the order that the data takes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from builder import portraits, profiles, questions
from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, Question
from builder.llm.answers import Answers
from builder.llm.chat import ChatWriter
from builder.llm.offline import OfflineWriter
from builder.portraits import staging
from builder.portraits.drawn.painter import OfflinePainter
from builder.run.stage import Make, Stage


def _make_profile(number: int, _: None, recipe: Recipe) -> Sequence[Profile]:
    return [profiles.make_profile(number, recipe, OfflineWriter())]


def _make_portraits(_: int, profile: Profile, recipe: Recipe) -> Sequence[Portrait]:
    return portraits.make_portraits(profile, recipe, OfflinePainter())


def _bind_portraits(folder: Path, recipe: Recipe) -> Make:
    return staging.bound(portraits_stage(recipe), folder, recipe)


def _make_questions(_: int, profile: Profile, recipe: Recipe) -> Sequence[Question]:
    return questions.make_questions(profile, recipe, OfflineWriter())


def _looks(profile: Profile) -> Profile:
    """What a painter may see: another biography or salary does not make another portrait."""
    return replace(profile, name="", given_name="", family_name="", locale="", facts=(), biography="")


def _knowledge(profile: Profile) -> Profile:
    """What questions may be about."""
    return replace(profile, biography="")


STAGES = (
    Stage(
        name="profiles",
        version=2,
        record=Profile,
        make=_make_profile,
        recipe_parts=("seed", "profiles", "writer"),
        files=("builder/profiles/data", "builder/figures/well_known.txt.gz", "prompts/offline/biography.toml"),
        libraries=("faker",),
    ),
    Stage(
        name="portraits",
        version=2,
        record=Portrait,
        make=_make_portraits,
        recipe_parts=("seed", "portraits"),
        files=(),
        libraries=("numpy", "pillow"),
        follows="profiles",
        sees=_looks,
        bind=_bind_portraits,
        apart=staging.APART,
    ),
    Stage(
        name="questions",
        version=3,
        record=Question,
        make=_make_questions,
        recipe_parts=("seed", "questions", "writer"),
        files=("prompts/offline/questions",),
        libraries=(),
        follows="profiles",
        sees=_knowledge,
    ),
)


def stages_of(recipe: Recipe) -> tuple[Stage, ...]:
    """The stages as `recipe` wants them: who writes and who paints decides what a stage's records depend on."""
    stages = STAGES if recipe.writer.kind == "offline" else tuple(map(_by_chat, STAGES))
    if recipe.portraits.painter == "offline":
        return stages
    return tuple(staging.by_diffusers(stage) if stage.name == "portraits" else stage for stage in stages)


def portraits_stage(recipe: Recipe) -> Stage:
    """The stage that paints, as `recipe` wants it."""
    return next(stage for stage in stages_of(recipe) if stage.name == "portraits")


def _by_chat(stage: Stage) -> Stage:
    if stage.name not in _CHAT:
        return stage
    bind, files = _CHAT[stage.name]
    return replace(stage, bind=bind, recipe_parts=(*stage.recipe_parts, "chat"), files=(*stage.files, *files))


def _chat_writer(folder: Path, recipe: Recipe) -> ChatWriter:
    return ChatWriter(recipe, Answers(folder), partial(questions.faults_of, recipe=recipe), OfflineWriter())


def _bind_profiles(folder: Path, recipe: Recipe) -> Make:
    writer = _chat_writer(folder, recipe)
    return lambda number, _, recipe: [profiles.make_profile(number, recipe, writer)]


def _bind_questions(folder: Path, recipe: Recipe) -> Make:
    writer = _chat_writer(folder, recipe)
    return lambda _, profile, recipe: questions.make_questions(profile, recipe, writer)


_CHAT: dict[str, tuple[Callable[[Path, Recipe], Make], tuple[str, ...]]] = {
    "profiles": (
        _bind_profiles,
        ("prompts/chat/biography_system.j2", "prompts/chat/biography.j2", "schemas/reply_biography.json"),
    ),
    "questions": (
        _bind_questions,
        (
            "prompts/chat/words_system.j2",
            "prompts/chat/words.j2",
            "prompts/chat/words_repair.j2",
            "schemas/reply_words.json",
        ),
    ),
}
"""Where a chat model writes: how the stage gets at its answers, and the files that its words depend on."""
