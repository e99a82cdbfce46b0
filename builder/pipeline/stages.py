"""The stages of a run, in the order that the data takes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from builder import profiles, questions
from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, Question
from builder.llm.chat_writer import ChatWriter
from builder.llm.offline_writer import OfflineWriter
from builder.llm.response_cache import ResponseCache
from builder.portraits import staging
from builder.run.stage import Make, Place, Stage


def _profiles(_stage: Stage, _place: Place, recipe: Recipe) -> Make:
    return lambda number, _: [profiles.make_profile(number, recipe, OfflineWriter())]


def _questions(_stage: Stage, _place: Place, recipe: Recipe) -> Make:
    return lambda _, profile: questions.make_questions(profile, recipe, OfflineWriter())


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
        prepare=_profiles,
        recipe_parts=("seed", "profiles", "writer"),
        files=("builder/profiles/data", "builder/figures/well_known.txt.gz", "prompts/offline/biography.toml"),
        libraries=("faker",),
    ),
    Stage(
        name="portraits",
        version=4,
        record=Portrait,
        prepare=staging.prepare,
        recipe_parts=("seed", "portraits"),
        files=(),
        libraries=("numpy", "opencv-python-headless", "pillow"),
        follows="profiles",
        sees=_looks,
        apart=staging.APART,
    ),
    Stage(
        name="questions",
        version=3,
        record=Question,
        prepare=_questions,
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
    prepare, files = _CHAT[stage.name]
    return replace(stage, prepare=prepare, recipe_parts=(*stage.recipe_parts, "chat"), files=(*stage.files, *files))


def _chat_writer(place: Place, recipe: Recipe) -> ChatWriter:
    return ChatWriter(recipe, ResponseCache(place.folder), partial(questions.faults_of, recipe=recipe), OfflineWriter())


def _profiles_by_chat(_stage: Stage, place: Place, recipe: Recipe) -> Make:
    writer = _chat_writer(place, recipe)
    return lambda number, _: [profiles.make_profile(number, recipe, writer)]


def _questions_by_chat(_stage: Stage, place: Place, recipe: Recipe) -> Make:
    writer = _chat_writer(place, recipe)
    return lambda _, profile: questions.make_questions(profile, recipe, writer)


_CHAT: dict[str, tuple[Callable[[Stage, Place, Recipe], Make], tuple[str, ...]]] = {
    "profiles": (
        _profiles_by_chat,
        ("prompts/chat/biography_system.j2", "prompts/chat/biography.j2", "schemas/reply_biography.json"),
    ),
    "questions": (
        _questions_by_chat,
        (
            "prompts/chat/words_system.j2",
            "prompts/chat/words.j2",
            "prompts/chat/words_repair.j2",
            "schemas/reply_words.json",
        ),
    ),
}
"""Where a chat model writes: how the stage gets at its answers, and the files that its words depend on."""
