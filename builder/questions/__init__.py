"""The questions of a profile: which facts, in which wording, with which options and wrong answers."""

from collections.abc import Mapping, Sequence
from random import Random

from builder import tasks
from builder.base import randomness
from builder.base.errors import BenchError
from builder.base.recipe import Recipe
from builder.base.records import Profile, Question
from builder.llm.offline_writer import OfflineWriter
from builder.llm.writer import Ask, Wording, Writer
from builder.questions import laws
from builder.questions.laws import UnlawfulQuestion, check_questions
from builder.questions.options import AskableFact, askable_facts, restricted_facts, shuffle
from builder.questions.plan import plan, plan_of_public_figure
from builder.tasks import Parts

__all__ = ["UnlawfulQuestion", "check_questions", "faults_of", "make_questions"]


def make_questions(profile: Profile, recipe: Recipe, writer: Writer, *, pictured: bool = True) -> list[Question]:
    """The evaluation, paraphrase and training questions of `profile`, checked against the laws.

    A public figure, whom no model is trained on, has evaluation questions alone; one who is not `pictured` is asked
    about by name alone.

    A pure function of the recipe's seed and questions, the profile and what the writer returns. Raises BenchError when
    the profile has too few facts to ask, UnlawfulQuestion when what the writer returned breaks a law.
    """
    facts = askable_facts(profile)
    if profile.is_public_figure:
        asks = plan_of_public_figure(facts, recipe.questions, ("text", "image_text") if pictured else ("text",))
    else:
        stream = randomness.stream(recipe.seed, profile.id, "questions", "plan")
        asks = plan(profile.id, facts, restricted_facts(profile), recipe.questions, stream)
    wordings = _word_asks(profile, asks, recipe, writer)
    questions = _assemble(profile, asks, wordings, facts, recipe)
    check_questions(profile, questions, recipe)
    return questions


def faults_of(
    profile: Profile, asks: Sequence[Ask], wordings: Sequence[Wording], recipe: Recipe
) -> list[tuple[int, str, str]]:
    """What the laws say of wordings before the questions are made: the ask's place, the law and the fault.

    A writer words no item that repeats a training item, so none may.
    """
    recipe = recipe.model_copy(update={"questions": recipe.questions.model_copy(update={"repeat_training": 0.0})})
    questions = _assemble(profile, asks, wordings, askable_facts(profile), recipe)
    place = {question.id: index for index, question in enumerate(questions)}
    return [(place[id], law, fault) for id, law, fault in laws.faults(profile, questions, recipe)]


def _word_asks(profile: Profile, asks: Sequence[Ask], recipe: Recipe, writer: Writer) -> list[Wording]:
    """The wording of each ask. An item that repeats a training item is not asked for again."""
    own = [ask for ask in asks if not ask.repeats]
    free, bound = ([ask for ask in own if bool(tasks.of(ask).facts) == each] for each in (False, True))
    found = _worded(profile, free, writer, randomness.stream(recipe.seed, profile.id, "questions", "words"))
    if bound:  # a task that asks for facts of its own words them itself, in templates
        stream = randomness.stream(recipe.seed, profile.id, "questions", "words", "templates")
        found |= _worded(profile, bound, OfflineWriter(), stream)
    return [found[_place(ask, use="train" if ask.repeats else ask.use)] for ask in asks]


def _worded(
    profile: Profile, asks: Sequence[Ask], writer: Writer, stream: Random
) -> dict[tuple[str, str, str, str, int], Wording]:
    given = writer.word(profile, asks, stream)
    if len(given) != len(asks):
        raise BenchError(f"Profile {profile.id}: the writer returned {len(given)} wordings for {len(asks)} asks.")
    return dict(zip(map(_place, asks), given, strict=True))


def _place(ask: Ask, use: str = "") -> tuple[str, str, str, str, int]:
    return ask.fact, ask.task, ask.modality, use or ask.use, ask.variant


def _assemble(
    profile: Profile,
    asks: Sequence[Ask],
    wordings: Sequence[Wording],
    facts: Mapping[str, AskableFact],
    recipe: Recipe,
) -> list[Question]:
    """The questions, with ids that count within each use and options drawn by a stream of each use."""
    numbers = {ask.use: 0 for ask in asks}
    facts = {**facts, **restricted_facts(profile)}
    streams = {use: randomness.stream(recipe.seed, profile.id, "questions", "options", use) for use in numbers}
    questions = []
    for ask, wording in zip(asks, wordings, strict=True):
        fact = facts[ask.fact]
        parts = _compose(ask, wording, fact, streams[ask.use])
        questions.append(
            Question(
                id=f"{profile.id}-{ask.use}-{numbers[ask.use]:03d}",
                profile_id=profile.id,
                fact=ask.fact,
                task=ask.task,
                modality=ask.modality,
                use=ask.use,
                question=parts.question,
                answer=parts.answer,
                value=fact.fact.value,
                options=parts.options,
                letter=parts.letter,
                wrong_answers=parts.wrong_answers,
            )
        )
        numbers[ask.use] += 1
    return questions


def _compose(ask: Ask, wording: Wording, fact: AskableFact, stream: Random) -> Parts:
    task = tasks.of(ask)
    options, letter = shuffle(fact.options, stream) if task.has_options else ((), "")
    # What the writer leaves to us is the value itself.
    parts = Parts(wording.question, wording.answer or fact.fact.value, options, letter, wording.wrong_answers)
    return task.compose(parts, fact.fact, stream)
