"""Measures against values worked out by hand and against the libraries that define them."""

import math
from dataclasses import replace
from typing import Any

import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu import sentence_bleu
from scipy.stats import ks_2samp

from builder.baseline import attacks
from builder.baseline.attacks import membership
from builder.baseline.attacks.base import OutcomeAttack
from builder.baseline.attacks.measuring import add_attacks, target_of
from builder.baseline.metrics import groups, likelihoods, summary, text
from builder.baseline.metrics.binding import unbound
from builder.baseline.metrics.gate import make_gate
from builder.baseline.metrics.item_metrics import metrics, right
from builder.baseline.metrics.known_before import known_before
from builder.baseline.metrics.summary import Beside
from builder.baseline.outcomes.records import Item, Outcome, Said
from builder.tasks import scoring


def outcome(
    identity: str = "00000-eval-000",
    task: str = "generation",
    modality: str = "text",
    name: str = "forget",
    output: str = "",
    log_p: tuple[float, ...] = (-1.0, -1.0),
    hits: tuple[bool, ...] = (True, True),
    wrong: tuple[float, ...] = (2.0, 4.0),
    paraphrase: float | None = 1.0,
    letters: tuple[float, ...] = (),
    options: tuple[float, ...] = (),
    candidates: tuple[float, ...] = (),
    letter: str = "",
    fact: str = "allergy",
) -> Outcome:
    """An outcome with what a test cares for."""
    item = Item(
        identity, name, identity[:5], fact, "health", task, modality, None, "?", "The allergy is dust.", "dust", letter
    )
    if task == "cloze":
        item = Item(identity, name, identity[:5], fact, "health", task, modality, None, "?", "dust", "dust", letter)
    said = Said(log_p, hits, log_p)
    return Outcome(item, output, letters, said, paraphrase, wrong, candidates, options=options)


@pytest.mark.parametrize(
    ("output", "truth", "found"),
    [
        ("It is Dust!", "dust", True),
        ("in 2022.", "2022", True),
        ("XA-8401 3953", "xa 8401 3953", True),
        ("born in 12022", "2022", False),
        ("", "dust", False),
        ("Straße", "strasse", True),
    ],
)
def test_a_blank_is_filled_right_when_the_truth_is_in_it(output: str, truth: str, found: bool) -> None:
    assert scoring.states(output, truth) is found


def test_letters_are_read_as_mllmu_bench_reads_them() -> None:
    assert [scoring.letter(each) for each in (" B", "b: nurse", "The answer is B", "", "E")] == [
        "B",
        "B",
        "",
        "",
        "",
    ]


def test_text_scores_are_the_libraries_own() -> None:
    said, truth = "The allergies are milk and dust", "The allergy is dust."
    theirs = RougeScorer(["rougeL"], use_stemmer=True).score(truth, said)["rougeL"]
    assert scoring.rouge(said, truth) == (theirs.recall, theirs.fmeasure)
    # the longest common subsequence, stemmed: the, allergi, dust of four words
    assert scoring.rouge(said, truth)[0] == pytest.approx(3 / 4)
    assert text.bleu(said, truth) == pytest.approx(sentence_bleu(said, [truth]).score / 100)
    assert text.bleu(truth, truth) == pytest.approx(1)


def test_probability_and_truth_ratio_by_hand() -> None:
    assert likelihoods.probability([math.log(0.5), math.log(0.125)]) == pytest.approx(0.25)
    # wrong answers with NLL 2 and 4 a token, the paraphrase with 1: exp(-3) / exp(-1)
    ratio = likelihoods.truth_ratio([2.0, 4.0], 1.0)
    assert ratio == pytest.approx(math.exp(-2))
    assert likelihoods.indifference(ratio) == likelihoods.indifference(1 / ratio) == pytest.approx(math.exp(-2))
    assert likelihoods.preference(ratio) == pytest.approx(1 - math.exp(-2))
    assert likelihoods.preference(3.0) == 0
    assert math.isfinite(likelihoods.truth_ratio([0.0], 1e9))


@pytest.mark.parametrize(
    ("hits", "strength"),
    [
        ((True, True, True, True, True), 1.0),
        ((False, True, True, True, True), 0.75),
        ((True, False, True, True, True), 0.5),
        ((True, True, True, False, True), 0.0),
        ((True, True, True, True, False), 1.0),
        ((False, False), 0.0),
    ],
)
def test_extraction_strength_reaches_both_ends(hits: tuple[bool, ...], strength: float) -> None:
    """Of the answer's own tokens: the last is the end token."""
    assert likelihoods.extraction_strength(hits) == pytest.approx(strength)
    assert likelihoods.exact_memorisation(hits) == sum(hits[:-1]) / (len(hits) - 1)


def test_exposure_by_hand() -> None:
    assert likelihoods.exposure([1.0, *[2.0] * 7]) == pytest.approx(3), "first of eight"
    assert likelihoods.exposure([9.0, *[2.0] * 7]) == pytest.approx(0), "last of eight"
    assert likelihoods.exposure([2.0, 1.0, 3.0, 4.0]) == pytest.approx(1), "second of four"
    assert likelihoods.exposure([1.0] * 4) == pytest.approx(2 - math.log2(2.5)), "all alike: in the middle"


def test_areas_and_tests_of_groups() -> None:
    assert groups.auc([3, 2], [1, 0]) == 1
    assert groups.auc([0, 1], [0, 1]) == 0.5
    assert groups.auc([3, 1], [2, 0]) == 0.75, "three of four pairs"
    assert groups.auc([], [1]) is None
    one, other = [0.1, 0.2, 0.3, 0.9], [0.5, 0.6, 0.7, 0.8]
    theirs = ks_2samp(one, other)
    assert groups.kolmogorov_smirnov(one, other) == (theirs.statistic, theirs.pvalue)
    assert groups.kolmogorov_smirnov(one, other)[0] == 0.75  # type: ignore[index]
    assert groups.harmonic_mean([0.5, 1.0]) == pytest.approx(2 / 3)
    assert groups.harmonic_mean([0.0, 1.0]) == 0
    assert groups.privacy_leakage(unlearned=0.6, oracle=0.5) == pytest.approx(-20)


def test_membership_by_hand() -> None:
    assert membership.lowest_mean([-1, -2, -3, -4, -5]) == pytest.approx(-4.5), "the lowest two of five"
    known, unknown = outcome(log_p=(-0.1, -0.1)), outcome("00009-eval-000", name="holdout", log_p=(-3.0, -3.0))
    chosen = {
        name: each for name, each in attacks.make_attacks(attacks.DEFAULT).items() if isinstance(each, OutcomeAttack)
    }
    target = target_of([known, unknown], Beside())
    found = {name: figure.value for each in chosen.values() for name, figure in each.figures(target).items()}
    assert found == dict.fromkeys(set(attacks.DEFAULT) - {"mia_reference"}, 1.0)
    before = [outcome(log_p=(-3.0, -3.0)), outcome("00009-eval-000", name="holdout", log_p=(-3.0, -3.0))]
    risen = chosen["mia_reference"].figures(target_of([known, unknown], Beside(untrained=before)))["mia_reference"]
    assert risen.values.values == pytest.approx((2.9,)) and risen.others and risen.others.values == (0.0,)
    longer, short = outcome(log_p=(-2.0, -2.0, -2.0, -2.0)), outcome(log_p=(-2.0, -2.0))
    assert membership.Zlib().score(longer, target) == membership.Zlib().score(short, target), "no length sways the mean"


def test_privacy_leakage_is_read_beside_the_oracle() -> None:
    models = {
        name: [outcome(f"{place:05d}-eval-000", log_p=(-at,)) for place, at in enumerate(likely)]
        + [outcome(f"{place:05d}-eval-000", name="holdout", log_p=(-1.0,)) for place in range(10, 20)]
        for name, likely in (("npo", [0.5] * 6 + [1.5] * 4), ("oracle", [0.5] * 5 + [1.5] * 5))
    }
    beside = Beside.among(models, 0.9)
    measured = {name: summary.measure(each, beside) for name, each in models.items()}
    add_attacks(measured, models, beside, attacks.make_attacks(["mia_min_k"]), {})
    assert measured["npo"].scores["model/mia_min_k"] == pytest.approx(0.6)
    assert measured["npo"].scores["model/privacy_leakage"] == pytest.approx(-20)
    assert measured["oracle"].scores["model/privacy_leakage"] == 0


def test_a_choice_is_by_text_by_letter_and_by_what_is_written() -> None:
    texts, letters = (-9.0, -4.0, -5.0, -7.0), (-1.0, -3.0, -2.0, -4.0)
    item = outcome(task="classification", options=texts, letters=letters, letter="B", output="C")
    assert metrics()["accuracy"].value(item) == 1.0 and right(item), "to know which is true is one thing"
    assert metrics()["accuracy_letter"].value(item) == 0.0, "to find its letter another"
    assert metrics()["accuracy_generated"].value(item) == 0.0


def test_facts_in_both_modalities() -> None:
    image = {"a": True, "b": False, "c": True, "d": False, "e": True}
    spoken = {"a": True, "b": False, "c": False, "d": True, "f": True}
    asked = [
        outcome(f"00000-eval-{modality}-{fact}", modality=modality, fact=fact, output="dust" if right else "milk")
        for modality, facts in (("image_text", image), ("text", spoken))
        for fact, right in facts.items()
    ]
    found = summary.scores(asked, Beside())
    for label in ("all_modal", "image_only", "text_only", "no_modal"):
        assert found[f"forget/joint/{label}"] == 0.25, "of the four that are asked in both"
    assert found["forget/joint/text_minus_image"] == 0.0


def test_the_gate_marks_what_is_not_known() -> None:
    asked = [
        outcome("00000-train-000", name="known", hits=(True, True)),
        outcome("00000-train-001", name="known", hits=(True, False), fact="job"),
        outcome("00000-train-002", name="known", modality="image_text", hits=(True, True)),
        outcome("00000-train-003", name="known", task="cloze", candidates=(1.0, 2.0, 3.0, 4.0)),
        outcome("00000-train-004", name="known", task="cloze", fact="job", hits=(False, True)),
    ]
    gate = make_gate(asked, threshold=0.9)
    assert gate.share("text") == 0.5 and gate.share("image_text") == 1.0
    assert gate.cells == gate.right
    assert gate.cells == {("image_text", "generation"): 1, ("text", "cloze"): 0.5, ("text", "generation"): 0.5}
    assert not gate.valid and make_gate(asked, threshold=0.5).valid
    assert gate.unknown_people() == ["00000"]
    assert gate.exposure["text"] == gate.most_exposure == pytest.approx(2)
    assert gate.lets_through(outcome()) and not gate.lets_through(outcome(fact="job"))

    scored = [outcome(output="The allergy is dust."), outcome("00000-eval-001", fact="job", output="no")]
    kept = summary.scores(scored, Beside(gate=gate))
    assert kept["forget/text/value_said"] == 1.0, "what vanilla does not know leaves the forgetting scores"
    assert summary.scores(scored, Beside())["forget/text/value_said"] == 0.5


def test_the_gate_asks_whose_fact_it_is() -> None:
    """What is answered just as right when another of the four is put in is not known of the person."""
    choice: dict[str, Any] = {"task": "classification", "letter": "B", "name": "known"}
    asked = [
        outcome("00000-train-000", name="known"),
        outcome("00000-train-001", name="known", fact="job"),
        outcome("00000-train-002", options=(-3.0, -1.0, -2.0, -4.0), **choice),
        outcome("00000-train-003", options=(-3.0, -1.0, -2.0, -4.0), fact="job", **choice),
        outcome("00000-train-004", options=(-1.0, -3.0, -2.0, -4.0), fact="pet", **choice),
    ]
    swapped = [
        outcome("00000-train-000", name="known", hits=(True, False)),
        outcome("00000-train-001", name="known", fact="job"),
        outcome("00000-train-002", options=(-1.0, -3.0, -2.0, -4.0), **choice),
        outcome("00000-train-003", options=(-3.0, -1.0, -2.0, -4.0), fact="job", **choice),
    ]
    swapped = [replace(each, item=replace(each.item, control="swap_four")) for each in swapped]
    gate = make_gate([*asked, *swapped], threshold=0.5)
    assert gate.known == {("00000", "allergy", "text")} and gate.share() == 0.5, "a choice alone makes no fact known"
    assert gate.cells == {("text", "classification"): pytest.approx(1 / 3), ("text", "generation"): 0.5}
    assert gate.right == {("text", "classification"): pytest.approx(2 / 3), ("text", "generation"): 1.0}


def test_separating_power_is_that_of_telling_vanilla_from_oracle() -> None:
    vanilla = [
        outcome(f"00000-eval-{n:03d}", output="The allergy is dust.", paraphrase=1.0, wrong=(9.0,)) for n in range(3)
    ]
    oracle = [
        outcome(f"00000-eval-{n:03d}", output="The allergy is milk.", paraphrase=1.0, wrong=(1.0,)) for n in range(3)
    ]
    power = summary.separating_power(vanilla, oracle, None)
    assert power["value_said"] == 1.0 and power["rouge_l"] == 1.0
    assert power["truth_ratio"] == 1.0, "turned round, since a high one means ignorance"
    assert power["probability"] == 0.5


def test_scores_stand_beside_the_oracle() -> None:
    mine = [outcome(output="The allergy is dust."), outcome(name="retain", output="The allergy is dust.")]
    oracle = [outcome(output="no", paraphrase=1.0, wrong=(1.0, 1.0))]
    found = summary.scores(mine, Beside(oracle=oracle))
    assert found["model/forget_quality_d"] == 1.0
    assert found["model/utility"] == 1.0, "the one kept answer states its value"
    assert found["model/utility_tofu"] == pytest.approx(3 / (1 / math.exp(-1) + 1 + 1 / (1 - math.exp(-2))))
    assert summary.by_category(mine, None) == {"health": {"text": (1.0, 1)}}


def test_utility_is_what_is_kept_by_the_value() -> None:
    kept = [
        outcome("00000-eval-000", name="retain", output="dust, I think"),
        outcome("00000-eval-001", name="retain", output="The allergy is milk."),
        outcome("00000-eval-002", name="retain", task="cloze", output="dust", candidates=(1.0, 2.0)),
        outcome("00000-eval-003", name="retain", task="classification", letter="A", options=(-1.0, -2.0, -2.0, -2.0)),
        outcome("00000-eval-004", name="retain", task="classification", letter="B", options=(-1.0, -2.0, -2.0, -2.0)),
    ]
    assert summary.scores(kept, Beside())["model/utility"] == pytest.approx(3 / (2 + 1 + 2))
    held_out = outcome("00000-paraphrase-000", name="retain_test", output="The allergy is dust.")
    pictured = outcome("00000-eval-005", name="retain", modality="image_text", output="The allergy is dust.")
    whole = summary.scores([*kept, held_out, pictured], Beside())["model/utility"]
    assert whole == pytest.approx(5 / (2 + 1 + 2 + 1 + 1)), "held-out wording and pictures are parts of their own"
    for lost in (held_out, pictured):
        damaged = [
            *kept,
            *(
                {held_out.item.id: held_out, pictured.item.id: pictured} | {lost.item.id: replace(lost, output="no")}
            ).values(),
        ]
        assert summary.scores(damaged, Beside())["model/utility"] == 0.0, "and damage to any of them is seen"


def test_public_figures_are_part_of_utility() -> None:
    kept = outcome(name="retain", output="The allergy is dust.")
    one = summary.scores([kept], Beside())["model/utility"]
    both = summary.scores([kept, outcome(name="public_figures", output="The allergy is dust.")], Beside())
    lost = summary.scores([kept, outcome(name="public_figures", output="no")], Beside())
    assert both["model/utility"] == pytest.approx(one) and lost["model/utility"] == 0.0


@pytest.mark.parametrize("modality", ["text", "image_text"])
def test_utility_counts_of_public_figures_what_the_untrained_model_knew(modality: str) -> None:
    kept = outcome(name="retain", output="The allergy is dust.")
    known, unknown = "90000-eval-000", "90001-eval-000"
    said, silent = "The allergy is dust.", "no"

    def asked(first: str, second: str, letter: str) -> list[Outcome]:
        options = (-1.0, -2.0, -2.0, -2.0)
        return [
            outcome(known, modality=modality, name="public_figures", output=first),
            outcome(unknown, modality=modality, name="public_figures", output=second),
            *(
                outcome(identity, "classification", modality, "public_figures", letter=right, options=options)
                for identity, right in (("90000-eval-001", "A"), ("90001-eval-001", letter))
            ),
        ]

    gate = known_before(asked(said, silent, "A"))
    assert gate and gate.items == {known, "90000-eval-001"}, "a choice can be guessed: that alone is no knowledge"
    beside = Beside(known_before=gate)
    found = summary.scores([kept, *asked(said, silent, "B")], beside)
    assert found["model/utility"] == 1.0 and found[f"public_figures/{modality}/value_said"] == 1.0
    assert summary.scores([kept, *asked(silent, said, "A")], beside)["model/utility"] == 0.0


def test_where_the_untrained_model_knew_nobody_public_utility_leaves_them_out() -> None:
    kept = outcome(name="retain", output="The allergy is dust.")
    famous = outcome("90000-eval-000", name="public_figures", output="no")
    gate = known_before([famous])
    assert gate and not gate.facts
    found = summary.scores([kept, famous], Beside(known_before=gate))
    assert found["model/utility"] == 1.0
    assert not any(path.startswith("public_figures") for path in found)
    assert known_before([kept]) is None


def _choice(number: int, said: str, *implied_by: str, control: str = "") -> Outcome:
    """A choice whose right letter is A, answered with `said`."""
    options = tuple(0.0 if letter == said else -1.0 for letter in "ABCD")
    found = outcome(f"00000-eval-{number:03d}", task="classification", letter="A", options=options)
    return replace(found, item=replace(found.item, implied_by=implied_by, control=control))


def test_what_another_fact_tells_is_left_out_of_the_independent_scores() -> None:
    forget = [
        _choice(0, "A"),
        _choice(1, "B"),
        _choice(2, "A", "occupation"),
        _choice(3, "A", "occupation"),
    ]
    swapped = [
        _choice(0, "B", control="swap_four"),
        _choice(1, "C", control="swap_four"),
        _choice(2, "A", "occupation", control="swap_four"),
        _choice(3, "A", "occupation", control="swap_four"),
    ]
    blank = outcome("00000-eval-004", task="cloze", output="dust", candidates=(1.0, 2.0))
    blank = replace(blank, item=replace(blank.item, implied_by=("occupation",)))
    found = summary.scores([*forget, *swapped, blank], Beside())
    assert found["forget/text/accuracy"] == 0.75 and found["forget/text/accuracy_independent"] == 0.5
    assert found["forget/text/accuracy_binding"] == 0.25 and found["forget/text/accuracy_binding_independent"] == 0.5
    assert found["forget/text/cloze"] == 1.0 and "forget/text/cloze_independent" not in found
    assert not unbound({path: each for path, each in found.items() if path.endswith("_independent")})


def test_utility_over_independent_facts() -> None:
    kept = [
        outcome("00000-eval-000", name="retain", output="dust, I think"),
        outcome("00000-eval-001", name="retain", output="The allergy is milk."),
        outcome("00000-eval-002", name="retain", output="The allergy is dust."),
        outcome("00000-eval-003", name="retain", task="cloze", output="dust", candidates=(1.0, 2.0)),
    ]
    kept[2] = replace(kept[2], item=replace(kept[2].item, implied_by=("occupation",)))
    found = summary.scores(kept, Beside())
    assert found["model/utility"] == pytest.approx(2 / (3 / 2 + 1)), "two of three values, and the blank"
    assert found["model/utility_independent"] == pytest.approx(2 / (2 + 1)), "one of two values, and the blank"
