"""The stages of a run, in the order that the data takes."""

from dataclasses import replace
from functools import partial

from builder import profiles, questions
from builder.base.makers import PAINTERS, WRITERS, Maker
from builder.base.recipe import Recipe
from builder.base.records import Portrait, Profile, Question
from builder.base.registry import BUILT_IN, Registry
from builder.llm.writer import Writer, writer_spec
from builder.portraits import staging
from builder.run.stage import Make, ShardPlace, Stage


def _writer(place: ShardPlace, recipe: Recipe) -> Writer:
    return writer_spec(recipe.writer.kind).open(place.fetched, recipe, partial(questions.faults_of, recipe=recipe))


def _profiles(_stage: Stage, place: ShardPlace, recipe: Recipe) -> Make:
    writer = _writer(place, recipe)
    return lambda number, _: [profiles.make_profile(number, recipe, writer)]


def _questions(_stage: Stage, place: ShardPlace, recipe: Recipe) -> Make:
    writer = _writer(place, recipe)
    return lambda _, profile: questions.make_questions(profile, recipe, writer)


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
        recipe_parts=("seed", "profiles", "concepts", "writer"),
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
        files=("prompts/offline/questions", "builder/tasks/recognition.py"),
        libraries=(),
        follows="profiles",
        sees=_knowledge,
    ),
)

WORDED = tuple(stage.name for stage in STAGES if "writer" in stage.recipe_parts)
"""The stages whose texts a writer words."""


def stages_of(recipe: Recipe) -> tuple[Stage, ...]:
    """The stages as `recipe` wants them: who writes and who paints decides what a stage's records depend on."""
    makers = {
        "profiles": (WRITERS, recipe.writer.kind),
        "portraits": (PAINTERS, recipe.portraits.painter),
        "questions": (WRITERS, recipe.writer.kind),
    }
    return tuple(_made_by(stage, *makers[stage.name]) for stage in STAGES)


def _made_by(stage: Stage, makers: Registry[Maker], name: str) -> Stage:
    maker, origin = makers.get(name), makers.entry(name).origin
    return replace(
        stage,
        recipe_parts=(*stage.recipe_parts, *maker.recipe_parts),
        files=(*stage.files, *maker.files.get(stage.name, ())),
        libraries=(*stage.libraries, *maker.libraries, *([origin] if origin != BUILT_IN else [])),
    )


def portraits_stage(recipe: Recipe) -> Stage:
    """The stage that paints, as `recipe` wants it."""
    return next(stage for stage in stages_of(recipe) if stage.name == "portraits")
