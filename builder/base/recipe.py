"""The recipe: every setting of a run, typed, with its default and description in one place.

Recipes are TOML. A bundled one goes by its name, a user's own by its path; a file states only what it changes.
"""

import copy
import itertools
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal, Self

import tomlkit
from pydantic import Field, ValidationError, field_validator, model_validator

from builder.base import bundled
from builder.base.errors import CallError
from builder.base.makers import PAINTERS, WRITERS, Maker
from builder.base.registry import Entry, Registry, unknown
from builder.base.settings import Section, Share, first_fault, keys_of, put

FOUR = 4
"""People come in fours, quartets: the options of a question are the values of the four."""

LOCALES = (
    "en_US", "en_CA", "en_GB", "en_IE", "en_AU", "en_IN", "en_KE", "en_NG", "en_GH", "zu_ZA",
    "de_DE", "fr_FR", "it_IT", "es_ES", "pt_PT", "nl_NL", "el_GR", "pl_PL", "cs_CZ", "hu_HU", "ro_RO", "hr_HR",
    "sv_SE", "nb_NO", "da_DK", "fi_FI", "es_MX", "es_AR", "es_CO", "pt_BR",
    "tr_TR", "ar_EG", "fa_IR", "ja_JP", "ko_KR", "zh_CN", "vi_VN", "id_ID", "fil_PH", "th_TH",
)  # fmt: skip
"""The locales that profiles can be made in."""

_UNUSUAL = frozenset({"en_CA", "en_GH", "cs_CZ", "ro_RO", "hr_HR", "da_DK", "es_CO", "fa_IR", "th_TH"})
USUAL_LOCALES = tuple(locale for locale in LOCALES if locale not in _UNUSUAL)
"""Where people live unless the recipe says otherwise: so few that 500 people give four quartets to each."""

CHANGES_NO_RECORD = frozenset(
    {
        "profiles.count",
        "concepts.neighbours",
        "diffusion.device",
        "diffusion.batch_size",
        "diffusion.offload",
        "diffusion.compile",
        "diffusion.attention",
        "chat.base_url",
        "chat.concurrency",
        "chat.requests_per_minute",
        "chat.tokens_per_minute",
        "chat.timeout",
        "chat.max_error_rate",
        "chat.longest_wait",
        "chat.max_fallback",
        "chat.input_price",
        "chat.output_price",
        "chat.structured",
        "chat.judge_model",
    }
)
"""Knobs of a stage's part that decide how many people there are and where they are made, and nothing about any one of
them (what the hardware's arithmetic adds aside)."""

_LISTED = "'build-bench recipe show'"


class ProfilesPart(Section):
    """Who the people are."""

    count: int = Field(
        500,
        ge=FOUR,
        multiple_of=FOUR,
        description="people that models are trained on; a multiple of four",
    )
    locales: tuple[str, ...] = Field(
        USUAL_LOCALES, description="where they live; each locale gets an equal share of the quartets"
    )
    female_share: Share = Field(0.5, description="share of women")
    as_of: str = Field(
        "2025-01-01", pattern=r"^\d{4}-\d{2}-\d{2}$", description="the day on which ages are counted, YYYY-MM-DD"
    )

    barred_names: tuple[str, ...] = Field(
        (),
        description="full names that nobody may have, besides well-known people's; --wikidata adds what it finds",
    )

    @field_validator("as_of", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """TOML knows dates: --set profiles.as_of=2025-01-01 brings one."""
        if isinstance(value, (datetime, time)):
            raise ValueError(f"as_of = {value} is not a date; write YYYY-MM-DD")
        return value.isoformat() if isinstance(value, date) else value

    @field_validator("as_of")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"as_of = '{value}' is not a date of the calendar; write YYYY-MM-DD") from None
        return value

    @model_validator(mode="after")
    def _known_locales(self) -> Self:
        if not self.locales:
            raise ValueError("locales is empty; name at least one")
        for locale in self.locales:
            if locale not in LOCALES:
                raise ValueError(unknown("locale", locale, LOCALES).rstrip("."))
        if len(set(self.locales)) < len(self.locales):
            raise ValueError("locales lists one twice")
        return self


class PortraitsPart(Section):
    """How the portraits are made."""

    painter: str = Field(
        "offline",
        min_length=1,
        description="the painter: 'offline' draws faces on the CPU, 'diffusers' runs the model of [diffusion]; "
        "'build-bench list painters' shows all",
    )
    size: int = Field(512, ge=32, le=2048, description="width and height in pixels")
    format: Literal["png", "jpeg", "webp"] = Field("webp", description="image format: png, jpeg or webp")
    quality: int = Field(90, ge=1, le=100, description="quality of jpeg and webp")
    train_views: int = Field(4, ge=0, le=64, description="views in addition to the reference that a model may train on")
    test_views: int = Field(2, ge=1, le=64, description="held-out views of the test set")
    attempts: int = Field(4, ge=1, le=32, description="attempts at a picture before it counts as failed")
    faces: Literal["auto", "on", "off"] = Field(
        "auto", description="refuse pictures without exactly one face; 'auto': on for 'diffusers', off for drawn faces"
    )
    copied: int = Field(
        24,
        ge=0,
        le=64,
        description="a held-out view that differs from its reference in at most so many of 256 perceptual bits is a "
        "copy and is painted again; 0 to allow copies",
    )
    apart: int = Field(
        12,
        ge=0,
        le=64,
        description="people whose references differ in at most so many of 256 perceptual bits are near-duplicates, and "
        "the higher number is painted again; 0 to allow them",
    )


class DiffusionPart(Section):
    """The model that the painter 'diffusers' runs. Used by that painter alone."""

    model: str = Field("", description="a text-to-image pipeline: a Hub id or a local folder")
    revision: str = Field("", description="branch, tag or commit of a Hub id; empty for its main branch")
    variant: str = Field("", description="which of a model's weight files, such as 'fp16'; empty for the plain ones")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="number format; 'auto': bfloat16 on a GPU that has it, float32 on the CPU"
    )
    steps: int = Field(30, ge=1, le=500, description="denoising steps of a picture")
    guidance: float = Field(5.0, ge=0, le=50, description="guidance scale; 0 for most distilled models")
    scheduler: str = Field("", description="a diffusers scheduler class; empty for the model's own")
    max_tokens: int = Field(
        0,
        ge=0,
        le=4096,
        description="tokens of the prompt that are read, if the model lets you choose; 0 for its default",
    )
    negative_prompt: str = Field(
        "drawing, painting, cartoon, render, blurry, deformed, extra people, text, watermark, frame, monochrome",
        description="what pictures should not show, for pipelines that accept it",
    )
    identity: Literal["auto", "edit", "ip-adapter", "img2img", "none"] = Field(
        "auto",
        description="how views keep the reference's face; 'auto': edit when edit_model is set or the model edits "
        "pictures, ip-adapter when ip_adapter is set, else img2img; 'none' leaves it to the words, so that views may "
        "show somebody else",
    )
    edit_model: str = Field(
        "",
        description="edit: a model of its own that makes the views out of the reference, a Hub id or a local folder; "
        "empty if `model` itself edits pictures",
    )
    edit_revision: str = Field("", description="branch, tag or commit of edit_model; empty for its main branch")
    edit_steps: int = Field(28, ge=1, le=500, description="denoising steps of a view by edit_model")
    edit_guidance: float = Field(4.0, ge=0, le=50, description="guidance scale of edit_model")
    ip_adapter: str = Field(
        "",
        description="repository or folder of an IP-Adapter, such as h94/IP-Adapter (Apache-2.0); adapters named "
        "FaceID work on InsightFace's embeddings, whose weights are for research only",
    )
    ip_adapter_weights: str = Field("", description="its weights there, a .safetensors file")
    ip_adapter_encoder: str = Field("models/image_encoder", description="its image encoder there, a folder")
    ip_adapter_scale: Share = Field(0.7, description="weight of the adapter relative to the prompt")
    strength: float = Field(
        0.6, gt=0, le=1, description="img2img: how far a view may go from the reference; 1 forgets it"
    )
    embedding: str = Field(
        "", description="a transformers vision model that compares each view's face with the reference; empty for none"
    )
    same_person: float = Field(
        0.5, ge=-1, le=1, description="least cosine similarity between a view and its reference under that model"
    )
    nsfw: str = Field("", description="a transformers image classifier that refuses unsafe pictures; empty for none")
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="auto, cpu, mps, cuda or cuda:1; auto takes every GPU",
    )
    batch_size: int = Field(16, ge=1, le=1024, description="pictures painted at once; halved whenever memory runs out")
    offload: Literal["none", "model", "sequential"] = Field(
        "none", description="keep the model in main memory and move a part at a time to the GPU: slower, smaller"
    )
    compile: bool = Field(False, description="compile the denoiser: minutes at the start, faster after")
    attention: str = Field("", description="a diffusers attention backend, such as 'native'; empty for the default")


class TaskPart(Section):
    """The amounts of a task that another package adds."""

    name: str = Field(min_length=1, description="the task")
    evaluation: int = Field(1, ge=0, le=12, description="evaluation questions of a person")
    training: int = Field(0, ge=0, le=12, description="wordings of each fact as a training question")


class QuestionsPart(Section):
    """What the people's questions are. Counts are for each modality: image+text has as many as text."""

    classification: int = Field(5, ge=1, le=12, description="multiple-choice evaluation questions")
    generation: int = Field(2, ge=1, le=12, description="open evaluation questions")
    cloze: int = Field(2, ge=1, le=12, description="fill-the-blank evaluation questions")
    train_generation: int = Field(3, ge=1, le=12, description="wordings of each fact as an open training question")
    train_cloze: int = Field(1, ge=0, le=12, description="wordings of each fact as a fill-the-blank training question")
    train_classification: int = Field(
        1, ge=0, le=12, description="wordings of each fact as a multiple-choice training question"
    )
    repeat_training: Share = Field(
        0.0,
        description="share of the evaluation questions of each task that repeat a training question of the person word "
        "for word, as all open ones of MLLMU-Bench do; the others ask in words of which others' training has examples",
    )
    wrong_answers: int = Field(3, ge=1, le=3, description="wrong answers of each open question, for the truth ratio")
    max_shared_words: int = Field(
        4, ge=3, le=12, description="longest run of words that a paraphrase may share with a training wording"
    )
    tasks: tuple[TaskPart, ...] = Field(
        (), description='tasks of other packages, such as [{ name = "yes_no", evaluation = 2, training = 1 }]'
    )

    @field_validator("tasks")
    @classmethod
    def _each_task_once(cls, value: tuple[TaskPart, ...]) -> tuple[TaskPart, ...]:
        names = [part.name for part in value]
        if len(set(names)) < len(names):
            raise ValueError("tasks names one twice")
        return value


class SplitsPart(Section):
    """How the people are divided into splits."""

    forget: tuple[int, ...] = Field(
        (5, 10, 15),
        description="forget sets in percent of the people, nested: the nearest number of quartets, at least one",
    )
    holdout: int = Field(
        52,
        ge=0,
        multiple_of=FOUR,
        description="more people, whom no model is trained on; a multiple of four",
    )
    neighbours: Share = Field(
        0.25,
        description="least share of forget people who have an employer, university or city in common with a retained "
        "person, as the audit checks; fewer profiles.locales or more people raise it",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        inside = all(0 < percent < 100 for percent in self.forget)
        if not self.forget or not inside or list(self.forget) != sorted(set(self.forget)):
            raise ValueError("forget must list percentages between 1 and 99, ascending, for example [5, 10, 15]")
        return self


class PublicFiguresPart(Section):
    """Real people of the past, whom models know and must go on knowing."""

    count: int = Field(0, ge=0, le=9_996, description="public figures of the segment 'public_figures'; 0 for none")
    references: str = Field(
        "",
        description="a folder of 'build-bench figures fetch' (--figures), for birthplaces and for sources on the "
        "network; empty to do without",
    )
    pictures: bool = Field(
        False, description="put the pictures of that folder into the release, so that it passes them on"
    )

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.references and not self.count:
            raise ValueError("references needs public figures; public_figures.count says how many")
        if self.pictures and not self.references:
            raise ValueError("pictures needs a folder that holds them; --figures FOLDER names it")
        return self


class ConceptsPart(Section):
    """Concepts as in MMUBench (arXiv 2405.12523): people whose faces a model is to recognise no more."""

    enabled: bool = Field(
        False,
        description="make everybody who is to be forgotten a concept, with a config of its own; the recognition tasks "
        "may then ask for names",
    )
    neighbours: int = Field(
        4, ge=1, le=64, description="retained people listed with each concept: those most like it in looks and facts"
    )


class WriterPart(Section):
    """Who words the biographies and questions."""

    kind: str = Field(
        "offline",
        min_length=1,
        description="the writer: 'offline' uses the bundled grammar, 'openai' asks the model of [chat] on any "
        "server that speaks the OpenAI API; 'build-bench list writers' shows all",
    )


class ChatPart(Section):
    """A language model, and how it is asked. Of the writers, 'openai' alone uses it."""

    model: str = Field("gpt-4o-mini", min_length=1, description="the model, as the server calls it")
    base_url: str = Field("", description="the server's address, ending in /v1; empty for OpenAI's own")
    temperature: float = Field(1.0, ge=0, le=2, description="sampling temperature; higher is more varied")
    max_tokens: int = Field(
        4096, ge=64, le=128_000, description="tokens of the longest reply; a longer one is asked for again"
    )
    items: int = Field(30, ge=2, le=100, description="questions worded in one request")
    repairs: int = Field(
        2, ge=0, le=10, description="how many times a faulty text goes back to the model with the reason"
    )
    fallback: Literal["offline", "fail"] = Field(
        "offline",
        description="what happens to a text that stays faulty: 'offline' words it offline, 'fail' fails its profile",
    )
    concurrency: int = Field(64, ge=1, le=1024, description="most requests in flight; fewer when the server is busy")
    requests_per_minute: int = Field(0, ge=0, description="0 follows the server's own limit")
    tokens_per_minute: int = Field(0, ge=0, description="0 follows the server's own limit")
    timeout: float = Field(120.0, gt=0, le=3600, description="seconds until a request is abandoned and sent again")
    max_error_rate: Share = Field(0.5, description="share of recent requests that may go wrong before the run stops")
    longest_wait: float = Field(
        600.0,
        gt=0,
        le=86_400,
        description="seconds that a server may make us wait without answering anything before the run stops",
    )
    max_fallback: Share = Field(
        0.5,
        description="share of texts of a kind that may be worded offline, and of replies that may be unusable, before "
        "the run stops",
    )
    input_price: float = Field(0.0, ge=0, description="price of a million prompt tokens; 0 when unknown")
    output_price: float = Field(0.0, ge=0, description="price of a million reply tokens; 0 when unknown")
    structured: Literal["auto", "json_schema", "json_object", "text"] = Field(
        "auto", description="how the server is told the reply's structure; 'auto' finds out what it accepts"
    )
    judge_model: str = Field("", description="the model that --judge asks; empty for chat.model")

    @model_validator(mode="after")
    def _bare_address(self) -> Self:
        if "@" in self.base_url or "?" in self.base_url:  # said first, so that no message shows it
            raise ValueError(
                "base_url holds a user name or a query; recipes are published, so put no secret in one: the key goes "
                "into OPENAI_API_KEY or a file named by --api-key-file"
            )
        if self.base_url and not self.base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url = '{self.base_url}' must begin with http:// or https://")
        return self


class ReleasePart(Section):
    """The published release."""

    license: str = Field("cc-by-4.0", min_length=2, description="licence of the release, as the Hub spells it")


class RunPart(Section):
    """How the work is cut and when it stops. Changes no released byte."""

    shard_size: int = Field(25, ge=1, le=1000, description="people in each shard of a stage")
    max_failure_rate: Share = Field(0.02, description="share of people that may fail in a stage before the run stops")


class Recipe(Section):
    """Every knob of a run."""

    name: str = Field("custom", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="name of the run")
    seed: int = Field(0, ge=0, lt=2**63, description="a different seed makes different people")
    profiles: ProfilesPart = ProfilesPart()
    portraits: PortraitsPart = PortraitsPart()
    diffusion: DiffusionPart = DiffusionPart()
    questions: QuestionsPart = QuestionsPart()
    splits: SplitsPart = SplitsPart()
    public_figures: PublicFiguresPart = PublicFiguresPart()
    concepts: ConceptsPart = ConceptsPart()
    writer: WriterPart = WriterPart()
    chat: ChatPart = ChatPart()
    release: ReleasePart = ReleasePart()
    run: RunPart = RunPart()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        fours = self.profiles.count // FOUR
        sizes = self.forgotten_fours
        if sizes[-1] >= fours or any(smaller >= larger for smaller, larger in itertools.pairwise(sizes)):
            named = ", ".join(f"{percent} %" for percent in self.splits.forget)
            raise ValueError(
                f"profiles.count = {self.profiles.count} makes {fours} fours, and forget sets of {named} would be "
                f"{', '.join(map(str, sizes))} of them: each must be larger than the one before and leave some to "
                "retain; ask for more people (80 do for 5, 10, 15) or name other percentages in splits.forget"
            )
        return self

    @property
    def total(self) -> int:
        """All people of the run: those trained on, then those held out."""
        return self.profiles.count + self.splits.holdout

    @property
    def forgotten_fours(self) -> tuple[int, ...]:
        """How many quartets each forget set has: the nearest whole number, halves up, and at least one."""
        fours = self.profiles.count // FOUR
        return tuple(max(1, (2 * percent * fours + 100) // 200) for percent in self.splits.forget)


def bundled_names() -> list[str]:
    """The names of the bundled recipes."""
    return sorted(path.stem for path in bundled.folder("recipes").glob("*.toml"))


def described() -> list[Entry]:
    """The bundled recipes, each with the first line of its file."""
    folder = bundled.folder("recipes")
    return [Entry(name, f"{name}.toml", line=_comment(folder / f"{name}.toml")) for name in bundled_names()]


def _comment(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def load(source: "str | Path | Mapping[str, Any] | Recipe", settings: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe called `source`, a bundled name or a path, or given as a mapping; `settings` change dotted keys of it.

    Raises CallError with one sentence on any fault.
    """
    name, tree = _tree(source)
    for key, value in (settings or {}).items():
        put(tree, key, value)
    recipe = parse(tree, name)
    _check_maker(recipe, "portraits.painter", PAINTERS, recipe.portraits.painter)
    _check_maker(recipe, "writer.kind", WRITERS, recipe.writer.kind)
    return recipe


def _check_maker(recipe: Recipe, key: str, makers: Registry[Maker], name: str) -> None:
    """Raise CallError where no painter or writer has the name that stands at `key`, or its model is not named.

    A stored recipe may name one that this machine lacks: what it made can be read all the same.
    """
    model_key = makers.get(name).model_key
    section, _, field = model_key.partition(".")
    if model_key and not getattr(getattr(recipe, section), field):
        option = f"--{makers.kind}-model"
        raise CallError(f"{key} = '{name}' needs {model_key} ({option}), a Hub id or a local folder.")


def parse(tree: Mapping[str, Any], source: str) -> Recipe:
    """Check a tree of keys against the recipe's types and ranges; `source` names it in error messages."""
    try:
        return Recipe.model_validate(tree)
    except ValidationError as error:
        raise CallError(f"{source}: {first_fault(error, keys_of(Recipe), _LISTED)}") from None


def with_barred_names(recipe: Recipe, names: Iterable[str]) -> Recipe:
    """The recipe, with `names` in place of the names that nobody may have; each once, in their order."""
    part = recipe.profiles.model_copy(update={"barred_names": tuple(dict.fromkeys(names))})
    return recipe.model_copy(update={"profiles": part})


def to_toml(recipe: Recipe, *, documented: bool = False) -> str:
    """The recipe as TOML, with every setting; `documented` puts a description above each."""
    document = tomlkit.document()
    for key, field in Recipe.model_fields.items():
        value = getattr(recipe, key)
        if isinstance(value, Section):
            document.add(key, _table(value, documented))
        else:
            _add(document, key, value, field.description if documented else None)
    return tomlkit.dumps(document)


def _table(section: Section, documented: bool) -> tomlkit.items.Table:
    table = tomlkit.table()
    if documented and section.__doc__:
        table.add(tomlkit.comment(section.__doc__))
    for key, field in type(section).model_fields.items():
        _add(table, key, getattr(section, key), field.description if documented else None)
    table.add(tomlkit.nl())
    return table


def _add(container: Any, key: str, value: Any, description: str | None) -> None:
    if description:
        container.add(tomlkit.comment(description))
    container.add(key, _plain(value))


def _plain(value: Any) -> Any:
    """A value as tomlkit takes it; a section within a list stands on one line, so that no later knob falls into it."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Section):
        table = tomlkit.inline_table()
        table.update(value.model_dump())
        return table
    return value


def _tree(source: str | Path | Mapping[str, Any] | Recipe) -> tuple[str, dict[str, Any]]:
    """What a recipe is called in messages, and its tree of keys."""
    if isinstance(source, Recipe):
        return "the recipe", source.model_dump()
    if isinstance(source, Mapping):
        return "the recipe", copy.deepcopy(dict(source))
    path, text = _read(str(source))
    try:
        return str(path), {"name": path.stem, **tomllib.loads(text)}
    except tomllib.TOMLDecodeError as error:
        raise CallError(f"{path} is not valid TOML: {error}.") from None


def _read(source: str) -> tuple[Path, str]:
    path = Path(source)
    if source in bundled_names():
        path = bundled.folder("recipes") / f"{source}.toml"
    elif path.suffix != ".toml" and not path.is_file():
        raise CallError(f"{unknown('recipe', source, bundled_names())} Name your own by its path, my.toml.")
    try:
        return path, path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CallError(
            f"There is no recipe file {path}; 'build-bench recipe show quick > {shlex.quote(str(path))}' creates one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"The recipe file {path} cannot be read: {error}.") from None
