"""Controls put somebody else in the person's place, and tell who reads the person from who goes by strings."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from builder.base.records import LETTERS
from builder.baseline.evaluation.controls import NOBODY, controls, replace_name, swaps
from builder.baseline.evaluation.item_sets import items, known_facts
from builder.baseline.metrics import binding, summary
from builder.baseline.metrics.item_metrics import WORDING, Scores
from builder.baseline.metrics.summary import Beside
from builder.baseline.outcomes.records import CONTROLS, Item, Outcome, Said
from builder.baseline.people import Crowd
from builder.baseline.report.binding import notes
from builder.baseline.settings import EvaluatePart
from tests.baseline.people import crowd_of

ALL = EvaluatePart(controls_people=0)
Answer = Callable[[Item], str]
"""What a model says: the value that it takes for true, "" for none."""


@pytest.fixture(scope="module")
def fours() -> Crowd:
    """Four to forget and four to retain."""
    return crowd_of(forget=4, retain=4, holdout=1)


def _options(item: Item) -> dict[str, str]:
    return {line[3:]: line[0] for line in item.prompt.splitlines() if line[:1] in LETTERS and line[1:3] == ": "}


def asked(crowd: Crowd, answer: Answer) -> list[Outcome]:
    """What comes out when every item and control is put to a model that thinks `answer`, in a wording of its own."""
    found = []
    plain = items(crowd, ALL)
    for item in [*plain, *controls(crowd, plain, ALL)]:
        value, letters = answer(item), list[float]()
        if item.task == "classification":
            chosen = _options(item).get(value, "A")
            letters = [-1.0 if letter == chosen else -2.0 for letter in LETTERS]
        said = Said((-1.0,), (False,), (-1.0,))
        output = f"It ought to be {value} there." if item.task == "generation" else value
        nll = None if item.control else 1.0
        wrong = tuple(1.0 for _ in item.wrong)
        found.append(Outcome(item, output, (), said, nll, wrong, (1.0, 1.0), options=tuple(letters)))
    return found


def reader(crowd: Crowd) -> Answer:
    """A model that knows everybody, and looks at whom it is asked about."""
    people = {person.profile.id: person.profile for person in crowd.trained}

    def answer(item: Item) -> str:
        seen = (item.picture or "").split("-")[0]
        found = people.get(seen) or next((each for each in people.values() if each.name in item.prompt), None)
        return found.fact(item.fact).value if found else ""

    return answer


def looker_up(item: Item) -> str:
    """A model that knows the right answer to every question it has met, whoever is shown or named."""
    return item.value


def scores_of(crowd: Crowd, answer: Answer) -> Scores:
    return summary.scores(asked(crowd, answer), Beside())


def sentences(scores: Scores, name: str) -> list[str]:
    found = binding.unbound(scores)
    unbound = [{"model": name, "path": path, "right": one, "swapped": other} for path, (one, other) in found.items()]
    return notes({"unbound": unbound, "gate": {"seeds": {}, "threshold": 0.9}})


def cells(scores: Scores, measure: str) -> list[str]:
    found = [path.removesuffix("_binding") for path in scores if path.endswith(f"/{measure}_binding")]
    assert len(found) == 7, "forget, test and retain in both modalities, and the views"
    return found


@pytest.mark.parametrize("measure", ["accuracy", "cloze", "value_said"])
def test_who_reads_the_person_follows_whoever_is_put_in(fours: Crowd, measure: str) -> None:
    scores = scores_of(fours, reader(fours))
    for path in cells(scores, measure):
        assert scores[path] == scores[f"{path}_binding"] == scores[f"{path}_follows"] == 1
        assert scores[f"{path}_swap_four"] == 0
        # The options seldom hold a stranger's value: a choice is a guess there.
        assert scores[f"{path}_swap_any"] == (0.25 if measure == "accuracy" else 0)
    assert sentences(scores, "vanilla") == []


@pytest.mark.parametrize("measure", ["accuracy", "cloze", "value_said"])
def test_who_goes_by_strings_does_not_bind_and_is_told(fours: Crowd, measure: str) -> None:
    scores = scores_of(fours, looker_up)
    for path in cells(scores, measure):
        assert scores[path] == scores[f"{path}_swap_four"] == scores[f"{path}_swap_any"] == 1
        assert scores[f"{path}_binding"] == scores[f"{path}_follows"] == 0
    told = sentences(scores, "vanilla")
    assert len(told) == 3 * 7
    assert told[0] == (
        "vanilla, choice on forget/image: 1.00 with the right picture, 1.00 with another of the quartet: "
        "this figure does not measure knowledge of the person."
    )
    assert any("on retain/text: 1.00 with the right name" in each for each in told)


def test_a_rule_about_strings_is_right_once_in_four_and_claims_nothing(fours: Crowd) -> None:
    scores = scores_of(fours, lambda item: min(_options(item), default=""))
    for path in cells(scores, "accuracy"):
        assert scores[path] == scores[f"{path}_swap_four"] == 0.25
        assert scores[f"{path}_binding"] == 0
    assert sentences(scores, "oracle") == []


def test_half_a_reader_is_told_only_where_most_is_strings() -> None:
    def scores(right: float, swapped: float) -> Scores:
        return {
            "test/text/accuracy": right,
            "test/text/accuracy_swap_four": swapped,
            "test/text/accuracy_paired": right,
            "test/text/accuracy_binding": right - swapped,
        }

    assert binding.unbound(scores(0.75, 0.625))["test/text/accuracy"] == (0.75, 0.625), "claims .50, binds .125"
    assert binding.unbound(scores(0.55, 0.41)), "claims .30, binds .14"
    assert not binding.unbound(scores(0.55, 0.37)), "of the claim .30 more than half, .18, binds"
    assert not binding.unbound(scores(0.30, 0.30)), "hardly more than guessing: nothing is claimed"


def test_a_wrong_value_scores_nothing_in_any_headline_figure(fours: Crowd) -> None:
    """It is ROUGE that it wins: the wrong value in the held-out wording against the right one in a trained wording."""
    opened = [each for each in asked(fours, looker_up) if each.item.set == "test" and each.item.task == "generation"]
    plain = [each for each in opened if not each.item.control]
    right = [replace(each, output=each.item.trained[0]) for each in plain]
    floor, mine = summary.floor(plain), _means(right)
    for modality in ("image_text", "text"):
        own = _means([each for each in right if each.item.modality == modality])
        assert own["value_said"] == own["value_f1"] == 1
        assert floor[f"test/{modality}/value_said"] == floor[f"test/{modality}/value_f1"] == 0
        assert (floor[f"test/{modality}/rouge_l"] or 0) > (own["rouge_l"] or 0), "worded alike, it wins"
    assert mine["rouge_l_trained"] == mine["rouge_l_max"] == 1
    assert (mine["rouge_l_held_out"] or 0) == (mine["rouge_l"] or 0) < 1
    assert {path.split("/")[2] for path in floor} == {"value_said", "value_f1", *WORDING}


def _means(outcomes: Sequence[Outcome]) -> Scores:
    return {name: sample.mean for name, sample in summary.item_samples(outcomes).items()}


def test_what_is_put_in(fours: Crowd) -> None:
    plain = items(fours, ALL)
    made = controls(fours, plain, ALL)
    own = {(each.set, each.id): each for each in plain}
    names = {person.profile.id: person.profile.name for person in fours.trained}
    assert {each.set for each in made} == {"forget", "views", "test", "retain"}, "nobody knows the held out"
    assert {each.control for each in made} == {*CONTROLS}
    assert {each.control for each in made if each.set == "views"} == {"swap_four", "swap_any"}
    for each in made:
        first = own[each.set, each.id]
        assert (each.truth, each.value, each.letter) == (first.truth, first.value, first.letter)
        assert not (each.paraphrase or each.wrong or each.candidates), "only the answer is wanted"
        if each.control.startswith("swap"):
            assert each.other_value != each.value
            four = int(each.other) // 4 == int(each.profile_id) // 4
            assert four == (each.control == "swap_four") and each.other in names
            if first.picture:
                assert each.picture == first.picture.replace(each.profile_id, each.other), "the same view"
                assert each.prompt == first.prompt
            else:
                assert each.prompt == first.prompt.replace(names[each.profile_id], names[each.other])
            if each.task == "classification":
                assert bool(each.other_letter) == four
                assert not four or _options(each)[each.other_value] == each.other_letter
        elif each.control == "blank":
            assert each.picture == (NOBODY if first.picture else None)
            assert names[each.profile_id] not in each.prompt
        else:
            assert each.picture is None and each.prompt.splitlines()[0].startswith("A: ")
            assert [*_options(each)] == [*_options(first)]


def test_controls_are_bounded_and_the_same_every_time(fours: Crowd) -> None:
    plain = items(fours, ALL)
    some = controls(fours, plain, EvaluatePart(controls_people=2))
    people = {name: {each.profile_id for each in some if each.set == name} for name in ("forget", "test", "retain")}
    assert all(len(each) == 2 for each in people.values()) and people["forget"] == people["test"]
    assert some == controls(fours, plain, EvaluatePart(controls_people=2))


def test_nobody_is_swapped_with_somebody_of_whom_the_same_is_true(fours: Crowd) -> None:
    first, *rest, last = fours.forget
    allergy = first.profile.fact("allergy")
    like = []
    for person in rest:
        facts = tuple(allergy if fact.key == "allergy" else fact for fact in person.profile.facts)
        like.append(replace(person, profile=replace(person.profile, facts=facts)))
    crowd = replace(fours, forget=(first, *like, last))
    found = [each for each in controls(crowd, items(crowd, ALL), ALL) if each.control == "swap_four"]
    mine = [each for each in found if each.profile_id == "00000" and each.fact == "allergy"]
    assert mine and {each.other for each in mine} == {"00003"}
    facts = tuple(fact for fact in first.profile.facts if fact.key != "allergy")
    theirs = tuple(question for question in first.questions if question.fact != "allergy")
    lacking = replace(first, profile=replace(first.profile, facts=facts), questions=theirs)
    crowd = replace(fours, forget=(lacking, *fours.forget[1:]))
    found = [each for each in controls(crowd, items(crowd, ALL), ALL) if each.fact == "allergy"]
    assert found and not [each for each in found if each.other == "00000"], "who has no such fact stands for nobody"
    alone = replace(fours, forget=fours.forget[:1])
    assert not [
        each for each in controls(alone, items(alone, ALL), ALL) if each.control == "swap_four" and each.set == "forget"
    ]


def test_the_gate_is_asked_with_another_put_in(fours: Crowd) -> None:
    known = known_facts(fours.trained)
    assert {each.task for each in known} == {"classification", "generation", "cloze"}
    swapped = swaps(fours, known)
    assert [each.id for each in swapped] == [each.id for each in known]
    assert {each.control for each in swapped} == {"swap_four"} and {each.set for each in swapped} == {"known"}


@pytest.mark.parametrize(
    ("text", "name", "words", "found"),
    [
        ("What is Ada Kowal's job?", "Ada Kowal", "Elsa Lund", "What is Elsa Lund's job?"),
        ("What is Jim James' job?", "Jim James", "Elsa Lund", "What is Elsa Lund's job?"),
        ("What is Jim James’s job?", "Jim James", "Jim Jones", "What is Jim Jones's job?"),
        ("Ada Kowal was born in __.", "Ada Kowal", "this person", "This person was born in __."),
        ("Who? Ada Kowal's job is __.", "Ada Kowal", "this person", "Who? This person's job is __."),
        ("Of 'Ada Kowal' and Ada Kowalska?", "Ada Kowal", "Elsa", "Of 'Elsa' and Ada Kowalska?"),
    ],
)
def test_a_name_is_replaced_with_its_possessive(text: str, name: str, words: str, found: str) -> None:
    assert replace_name(text, name, words) == (found, 1)


def test_separating_power_and_the_summary_name_what_binds(fours: Crowd) -> None:
    def power(vanilla: Answer, oracle: Answer) -> Scores:
        return summary.separating_power(asked(fours, vanilla), asked(fours, oracle), None)

    def unknowing(item: Item) -> str:
        return ""

    knows, strings = power(reader(fours), unknowing), power(looker_up, unknowing)
    for measure in ("cloze", "value_said"):
        assert knows[measure] == strings[measure] == 1, "right and wrong alone do not tell them apart"
        assert knows[f"{measure}_binding"] == 1 and strings[f"{measure}_binding"] == 0.5


def _by_task(found: Sequence[Outcome], task: str) -> list[Outcome]:
    return [each for each in found if each.item.task == task]


def test_binding_is_that_of_the_same_items(fours: Crowd) -> None:
    """Two of four people have controls: the others' answers move the accuracy and not the binding."""
    plain = [each for each in asked(fours, reader(fours)) if each.item.set == "forget" and not each.item.control]
    swapped = [
        each
        for each in asked(fours, reader(fours))
        if each.item.control == "swap_four" and each.item.set == "forget" and each.item.profile_id < "00002"
    ]
    half = [replace(each, output="") if each.item.profile_id >= "00002" else each for each in plain]
    found = binding.control_samples(_by_task(half, "cloze"), _by_task(swapped, "cloze"))
    scores = {name: sample.mean for name, sample in found.items()}
    assert scores == {"cloze_swap_four": 0.0, "cloze_paired": 1.0, "cloze_binding": 1.0, "cloze_follows": 1.0}
