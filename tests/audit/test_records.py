"""What must not be there at all: answers that are not the facts', leaks, duplicates, real people, sloppy writing."""

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from sacrebleu.metrics.bleu import BLEU

from builder.audit import sameness
from builder.audit.diversity import DIVERSITY
from builder.audit.duplicates import DUPLICATES
from builder.audit.grounding import GROUNDING
from builder.audit.holdout import HOLDOUT
from builder.audit.interface import Audit
from builder.audit.leakage import LEAKAGE
from builder.audit.neighbours import NEIGHBOURHOOD
from builder.audit.plain import PLAIN
from builder.audit.real_people import REAL_PEOPLE
from builder.audit.shares import SHARES
from builder.audit.writing import WRITING
from builder.base.recipe import ProfilesPart, Recipe, SplitsPart
from builder.figures.well_known import folded_name
from builder.format.reading import Person
from tests.audit.people import RECIPE, judged, with_fact, with_profile, with_question, world

AUDITS: tuple[Audit, ...] = (
    DIVERSITY, DUPLICATES, GROUNDING, HOLDOUT, LEAKAGE, NEIGHBOURHOOD, REAL_PEOPLE, SHARES, WRITING,
)  # fmt: skip

Spoil = Callable[[Person], Person]


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.name)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_sound_world_passes(audit: Audit, seed: int) -> None:
    found = judged(audit, world(100, seed))
    assert found
    assert {check: finding.sentence for check, finding in found.items() if not finding.passed} == {}


def _says(**changes: str) -> Spoil:
    """Changes an open training question about the picture."""
    return lambda person: with_question(
        person, lambda q: (q.task, q.modality, q.use) == ("generation", "image_text", "train"), **changes
    )


def _says_more(said: str) -> Spoil:
    return lambda person: with_profile(person, biography=f"{person.profile.biography} {said}")


def _wrong_letter(person: Person) -> Person:
    return with_question(person, lambda q: q.letter == "A", letter="B")


def _other_options(person: Person) -> Person:
    question = next(q for q in person.questions if q.options and q.options[0] != q.value)
    return with_question(person, lambda q: q == question, options=("something else", *question.options[1:]))


def _wrong_states_value(person: Person) -> Person:
    value = person.profile.fact("employer").value
    return with_question(person, lambda q: bool(q.wrong_answers), wrong_answers=(f"It is {value}.",))


def _contradicted(person: Person) -> Person:
    return _says_more(f"Others say {person.profile.fact('hobby').alternatives[0]}.")(person)


def _named_in_picture(person: Person) -> Person:
    return _says(answer=f"{person.profile.given_name} names {person.profile.fact('employer').value}.")(person)


def _answer_given_away(person: Person) -> Person:
    return with_question(
        person, lambda q: q.fact == "hobby", question=f"Is it {person.profile.fact('hobby').value.upper()}?"
    )


def _trained_paraphrase(person: Person) -> Person:
    trained = next(q for q in person.questions if (q.use, q.task, q.modality) == ("train", "generation", "text"))
    return with_question(person, lambda q: q.use == "paraphrase" and q.fact == trained.fact, question=trained.question)


@pytest.mark.parametrize(
    ("audit", "check", "spoil"),
    [
        (GROUNDING, "answers_state_facts", _wrong_letter),
        (GROUNDING, "answers_state_facts", _says(answer="As employer, the person shown names nobody.")),
        (GROUNDING, "answers_state_facts", _says(value="another value")),
        (GROUNDING, "answers_state_facts", _says(fact="unknown")),
        (GROUNDING, "answers_state_facts", _wrong_states_value),
        (GROUNDING, "same_options", _other_options),
        (GROUNDING, "biography_states_facts", lambda p: with_profile(p, biography="Nobody knows a thing.")),
        (GROUNDING, "biography_contradicts", _contradicted),
        (LEAKAGE, "name_in_image_question", _named_in_picture),
        (LEAKAGE, "answer_in_question", _answer_given_away),
        (LEAKAGE, "shared_words", _trained_paraphrase),
        (LEAKAGE, "shared_with_anyone", _trained_paraphrase),
        (WRITING, "placeholders", _says(question="What is {possessive} employer?")),
        (WRITING, "placeholders", _says_more("[NAME] is well.")),
        (WRITING, "doubled_words", _says(question="What is the the employer of the person shown?")),
        (WRITING, "wrong_articles", _says(answer="The person shown is an baker.")),
        (WRITING, "wrong_articles", _says_more("She is a engineer.")),
        (WRITING, "strange_letters", _says_more("Zero\u200bwidth.")),
        (WRITING, "strange_letters", _says_more("\u041c\u043e\u0441\u043a\u0432\u0430.")),
        (WRITING, "strange_letters", _says_more("MÃ¼nchen.")),
        (PLAIN, "odd_texts", _says_more("See <img src=x>.")),
        (PLAIN, "odd_texts", _says(question="Who is it? The answer is B.")),
        (PLAIN, "odd_texts", lambda p: with_profile(p, name="=Maria Nowak")),
        (WRITING, "long_questions", _says(question=f"What {'really ' * 50}?")),
        (WRITING, "lengths", _says_more("And so on. " * 200)),
        (REAL_PEOPLE, "real_names", lambda p: with_profile(p, name="BARACK  Obama")),
    ],
)
def test_one_spoiled_person_is_found_and_named(audit: Audit, check: str, spoil: Spoil) -> None:
    people = world(30)
    people[7] = spoil(people[7])
    finding = judged(audit, people)[check]
    assert not finding.passed
    assert [example.id for example in finding.worst] == ["00007"] * len(finding.worst)
    assert finding.worst


def test_articles_are_read_by_their_sound() -> None:
    right = (
        "He is a university teacher, an heir, a European, an 8th child, a one-off; A negative is a blood type. An hour."
        " It was a unanimous vote."
    )
    people = world(5)
    people[0] = _says_more(right)(people[0])
    assert judged(WRITING, people)["wrong_articles"].passed


def test_the_users_own_names_are_looked_for() -> None:
    people = world(20)
    name = people[3].profile.name
    assert judged(REAL_PEOPLE, people)["real_names"].passed
    assert not judged(REAL_PEOPLE, people, names=frozenset({folded_name(name)}))["real_names"].passed


def _copied(change: Callable[[Person, Person], Person]) -> Sequence[Person]:
    people = world(30)
    people[9] = change(people[9], people[4])
    return people


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("same_name", lambda mine, other: with_profile(mine, name=other.profile.name.upper())),
        ("same_biography", lambda mine, other: with_profile(mine, biography=f"{other.profile.biography} Yes.")),
        ("same_life", lambda mine, other: with_profile(mine, facts=other.profile.facts)),
        ("same_question", lambda mine, other: dataclasses.replace(mine, questions=other.questions)),
    ],
)
def test_a_copied_person_is_found(check: str, change: Callable[[Person, Person], Person]) -> None:
    finding = judged(DUPLICATES, _copied(change))[check]
    assert not finding.passed
    assert {example.id for example in finding.worst} == {"00009"}


def test_a_question_that_is_asked_twice_is_found() -> None:
    people = world(10)
    questions = people[2].questions
    people[2] = dataclasses.replace(people[2], questions=(*questions, questions[0]))
    assert not judged(DUPLICATES, people)["same_question"].passed


def test_a_value_that_everyone_has_is_found() -> None:
    people = [with_fact(person, "hobby", value="chess") for person in world(40)]
    found = judged(DIVERSITY, people)
    assert not found["different_values"].passed
    assert not found["commonest_value"].passed


def test_a_value_that_the_country_decides_is_found() -> None:
    people = [with_fact(person, "bank", value="") for person in world(40)]
    people = [with_fact(person, "residence", value=f"capital of {person.profile.locale}") for person in people]
    found = judged(DIVERSITY, people)
    assert found["different_values"].passed
    assert [value.label for value in found["commonest_value"].values if not value.passed] == ["residence"]


def test_holdout_people_whose_values_were_trained_on_are_found() -> None:
    people = world(200)
    trained = [person for person in people if person.segment != "holdout"]
    known = {fact.key: fact.value for fact in trained[0].profile.facts}
    spoiled = [
        with_fact(person, "email", value=known["email"]) if person.segment == "holdout" else person for person in people
    ]
    finding = judged(HOLDOUT, spoiled)["holdout_values"]
    assert not finding.passed
    assert "email" in finding.sentence


def test_a_trained_person_among_the_held_out_is_found() -> None:
    people = world(50)
    people[49] = with_profile(people[49], name=people[20].profile.name)
    assert not judged(HOLDOUT, people)["holdout_names"].passed


def test_forget_people_of_another_world_are_found() -> None:
    people = []
    for number, person in enumerate(world(300)):
        if person.segment.startswith("forget"):
            for key in ("employer", "university", "residence"):
                person = with_fact(person, key, value=f"{key} {number}")
        people.append(person)
    finding = judged(NEIGHBOURHOOD, people)["neighbours"]
    assert not finding.passed
    assert finding.figure == 0.0
    assert finding.worst


@pytest.mark.parametrize(("wanted", "passed"), [(0.0, True), (0.5, True), (1.0, False)])
def test_the_recipe_says_how_many_forget_people_have_a_retain_neighbour(wanted: float, passed: bool) -> None:
    recipe = RECIPE.model_copy(update={"splits": SplitsPart(neighbours=wanted)})
    people = world(300)
    for number in range(5):  # of 36
        for key in ("employer", "university", "residence"):
            people[number] = with_fact(people[number], key, value=f"{key} {number}")
    finding = judged(NEIGHBOURHOOD, people, recipe)["neighbour_rate"]
    assert 0.5 < finding.figure < 0.87
    assert finding.threshold == wanted
    assert finding.passed is passed
    assert ("fewer profiles.locales" in finding.sentence) is not passed
    assert bool(finding.worst) is not passed


def test_a_common_bank_makes_no_neighbour() -> None:
    people = []
    for number, person in enumerate(world(300)):
        for key in ("employer", "university", "residence"):
            person = with_fact(person, key, value=f"{key} {number}")
        people.append(person)
    finding = judged(NEIGHBOURHOOD, people)["neighbour_rate"]
    assert (finding.passed, finding.figure) == (False, 0.0)


def test_a_release_without_forget_people_has_no_neighbours_to_judge() -> None:
    people = [dataclasses.replace(person, segment="retain") for person in world(20)]
    assert judged(NEIGHBOURHOOD, people) == {}
    assert "forget_shares" not in judged(SHARES, people)


def test_shares_other_than_the_recipes_are_found() -> None:
    recipe = Recipe(name="small", profiles=ProfilesPart(count=100, locales=RECIPE.profiles.locales, female_share=0.9))
    finding = judged(SHARES, world(200), recipe)["shares"]
    assert not finding.passed
    assert {value.label for value in finding.values if not value.passed} == {"female", "male"}


def test_a_locale_that_nobody_asked_for_is_found() -> None:
    people = [with_profile(person, locale="de_DE") for person in world(100)]
    assert not judged(SHARES, people)["shares"].passed


def test_forget_people_of_one_kind_are_found() -> None:
    people = [
        with_profile(person, gender="female") if person.segment.startswith("forget") else person
        for person in world(1200)
    ]
    assert not judged(SHARES, people)["forget_shares"].passed


def test_people_who_all_look_alike_are_found() -> None:
    people = [
        with_profile(person, appearance=dataclasses.replace(person.profile.appearance, hair_style="bun"))
        for person in world(20)
    ]
    assert not judged(SHARES, people)["looks"].passed


def test_biographies_made_of_each_others_phrases_are_found() -> None:
    told = "{} likes {} very much. Nobody in the whole town cooks so well on Sundays, and everybody is glad of it."
    people = [with_profile(p, biography=told.format(p.profile.name, p.profile.fact("hobby").value)) for p in world(20)]
    found = judged(DIVERSITY, people)["self_bleu"]
    assert not found.passed
    assert found.figure == pytest.approx(1.0)


def test_self_bleu_is_that_of_sacrebleu() -> None:
    texts = ["a b c d e f a b", "a b c d x y z w", "a b c d e f q r", "e f a b c d e f a b"]
    figures = sameness.self_bleu(texts)
    for place, text in enumerate(texts):
        others = texts[:place] + texts[place + 1 :]
        bleu = BLEU(tokenize="none", smooth_method="none", effective_order=False)
        score = bleu.corpus_score([text], [[other] for other in others])
        assert figures[place] * score.bp == pytest.approx(score.score / 100)


def test_biographies_that_all_open_alike_are_found() -> None:
    people = [with_profile(p, biography=f"{p.profile.name} was born one day. {p.profile.biography}") for p in world(20)]
    assert not judged(WRITING, people)["openings"].passed


def test_a_locale_that_is_hard_to_read_is_found() -> None:
    hard = "Notwithstanding incomprehensibility, administrative responsibilities predominated extraordinarily. "
    people = [
        with_profile(p, biography=hard * 6 + p.profile.biography) if p.profile.locale == "pl_PL" else p
        for p in world(20)
    ]
    assert not judged(WRITING, people)["reading_ease"].passed


def test_held_out_wording_close_to_training_is_found() -> None:
    people = []
    for person in world(10):
        learnt = {(q.fact, q.task, q.modality): q for q in person.questions if q.use == "train"}
        questions = tuple(
            dataclasses.replace(q, question=learnt[q.fact, q.task, q.modality].question) if q.use == "paraphrase" else q
            for q in person.questions
        )
        people.append(dataclasses.replace(person, questions=questions))
    assert not judged(LEAKAGE, people)["shared_sequences"].passed
