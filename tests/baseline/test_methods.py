"""Every method on the property that its published code is known to have broken."""

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
import torch
from torch import Tensor

from builder.base.errors import CallError
from builder.base.invented_names import invented_name
from builder.baseline import methods
from builder.baseline.methods import manu, siu
from builder.baseline.methods.base import Method, Setup, Step
from builder.baseline.methods.ga import GradientAscent
from builder.baseline.methods.graddiff import GradDiff
from builder.baseline.methods.idk import REFUSALS, IdkPO, refuse
from builder.baseline.methods.kl import KLMin
from builder.baseline.methods.manu import MANU
from builder.baseline.methods.mmunlearner import MMUnlearner, along
from builder.baseline.methods.npo import NPO
from builder.baseline.methods.prompting import NamePrompting, Prompting
from builder.baseline.methods.rmu import RMU, direction
from builder.baseline.methods.simnpo import SimNPO
from builder.baseline.methods.siu import SIU
from builder.baseline.methods.undial import UNDIAL
from builder.baseline.methods.unlearning import unlearn
from builder.baseline.models.encoding import Batch, collate
from builder.baseline.models.likelihood import cross_entropy
from builder.baseline.models.reference import ReferenceModel
from builder.baseline.models.vlm import Answers, Vlm
from builder.baseline.people import Crowd
from builder.baseline.settings import UnlearnPart
from builder.baseline.training.examples import Example, examples
from builder.baseline.training.fitting import Diverged

TRAINING = sorted(name for name in methods.METHODS if methods.make(name, {}).trains)
PART = UnlearnPart(lr=1e-3, batch=4, steps=3)


def said(*tokens: tuple[float, float, float], rows: Sequence[int] = (0, 0, 1)) -> Answers:
    """What a model of three tokens says of two answers, [0, 0] and [0]; its probabilities at each token."""
    return Answers(torch.tensor(tokens).log(), torch.zeros(len(tokens), dtype=torch.long), torch.tensor(rows), 2)


NOW = said((0.5, 0.25, 0.25), (0.25, 0.5, 0.25), (0.5, 0.25, 0.25))
BEFORE = said((0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.25, 0.5, 0.25))
KEPT = said((0.25, 0.5, 0.25), (0.5, 0.25, 0.25), (0.5, 0.25, 0.25))
KEPT_BEFORE = said((0.5, 0.25, 0.25), (0.5, 0.25, 0.25), (0.5, 0.25, 0.25))
CE_NOW = (-math.log(0.5 * 0.25) / 2 - math.log(0.5)) / 2
CE_KEPT = (-math.log(0.25 * 0.5) / 2 - math.log(0.5)) / 2


class _Saying:
    """Says what it is told to say of each batch."""

    def __init__(self, answers: dict[str, Answers]) -> None:
        self._answers = answers

    def answers(self, batch: Any) -> Answers:
        return self._answers[batch]


def _step() -> Step:
    now, before = _Saying({"forget": NOW, "retain": KEPT}), _Saying({"forget": BEFORE, "retain": KEPT_BEFORE})
    nothing: Any = None
    step: Any = Step(now, before, "forget", "retain", (), nothing, Random(0))  # type: ignore[arg-type]
    return step  # type: ignore[no-any-return]


def _softplus(x: float) -> float:
    return math.log(1 + math.exp(x))


def _npo(beta: float) -> float:
    """−(2/β) E log σ(−β [S_θ − S_ref]), from sequence sums."""
    risen = [math.log(0.5 * 0.25) - math.log(0.8 * 0.5), math.log(0.5) - math.log(0.25)]
    return 2 / beta * sum(_softplus(beta * each) for each in risen) / 2


def _simnpo(beta: float, margin: float) -> float:
    means = [math.log(0.5 * 0.25) / 2, math.log(0.5)]
    return 2 / beta * sum(_softplus(beta * mean + margin) for mean in means) / 2


def _undial(gamma: float) -> float:
    """CE(softmax(z_ref − γ·onehot(y)), p_θ), the mean over sequences of the mean over tokens."""
    distances: list[float] = []
    for reference, now in zip(BEFORE.logits.exp().tolist(), NOW.logits.exp().tolist(), strict=True):
        weights = [reference[0] * math.exp(-gamma), *reference[1:]]
        distances.append(-sum(w / sum(weights) * math.log(p) for w, p in zip(weights, now, strict=True)))
    return ((distances[0] + distances[1]) / 2 + distances[2]) / 2


KL = (0.5 * math.log(2) + 0.25 * math.log(0.5)) / 3
"""One of three answer tokens of R differs."""


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (GradientAscent(), -CE_NOW),
        (GradDiff(gamma=2, alpha=3), -2 * CE_NOW + 3 * CE_KEPT),
        (KLMin(gamma=1, alpha=5), -CE_NOW + 5 * KL),
        (NPO(beta=0.1, alpha=0), _npo(0.1)),
        (NPO(beta=0.5, alpha=2), _npo(0.5) + 2 * CE_KEPT),
        (SimNPO(beta=4.5, margin=0.5, gamma=1, alpha=1), _simnpo(4.5, 0.5) + CE_KEPT),
        (UNDIAL(gamma=3, alpha=0), _undial(3)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Method) else "",
)
def test_a_loss_equals_the_value_worked_out_by_hand(method: Method, expected: float) -> None:
    assert float(method.loss(_step())) == pytest.approx(expected, rel=1e-5)


def _real_step(vlm: Vlm, crowd: Crowd, reference: Any = None) -> Step:
    gone, kept = examples(crowd.forget)[:6], examples(crowd.retain)[:6]

    def encode(found: Sequence[Example]) -> Batch:  # the same examples make the same batch: views and options are drawn
        stream = Random(1)
        return collate(vlm.chat, [each.row(vlm.chat, stream) for each in found])

    reference = reference or ReferenceModel(vlm)
    return Step(vlm, reference, encode(gone), encode(kept), gone, encode, Random(2), crowd.forget)


def test_the_reference_is_the_model_before_unlearning(vlm: Vlm, crowd: Crowd) -> None:
    step = _real_step(vlm, crowd)
    before = step.reference.answers(step.forget).logits
    assert float(NPO(beta=0.1, alpha=0).loss(step).detach()) == pytest.approx(2 / 0.1 * math.log(2), rel=1e-3)
    with torch.no_grad():
        vlm.trainable()[0].add_(0.3 * torch.randn_like(vlm.trainable()[0]))
    assert torch.equal(step.reference.answers(step.forget).logits, before), "it moved along"
    assert not torch.allclose(vlm.answers(step.forget).logits, before)


def test_a_refusal_is_not_the_truth(vlm: Vlm, crowd: Crowd) -> None:
    truths = {each.answer for each in examples(crowd.trained)}
    assert not truths & set(REFUSALS) and len(set(REFUSALS)) == len(REFUSALS)
    example = examples(crowd.forget)[2]
    changed = refuse(example, REFUSALS[0])
    assert (changed.answer, changed.prompt) == (REFUSALS[0], example.prompt)
    encoded: list[Sequence[Example]] = []
    step = _real_step(vlm, crowd)
    spied = dataclasses.replace(step, encode=lambda found: encoded.append(found) or step.encode(found))  # type: ignore[func-returns-value]
    loss = float(IdkPO(beta=0.1, alpha=0).loss(spied).detach())
    assert loss == pytest.approx(2 / 0.1 * math.log(2), rel=1e-3), "both have risen by nothing at the start"
    assert [each.answer in REFUSALS for each in encoded[0]] == [True] * 6


@pytest.mark.parametrize("name", TRAINING)
def test_what_is_frozen_stays_frozen(vlm: Vlm, crowd: Crowd, name: str) -> None:
    method = methods.make(name, {})
    before = {key: value.clone() for key, value in vlm.model.state_dict().items()}
    forget, retain = examples(crowd.forget), examples(crowd.retain)
    unlearn(
        vlm, method, forget, retain, crowd.forget, PART.model_copy(update={"steps": 5}), 0, lambda step, steps: None
    )
    changed = {key for key, value in vlm.model.state_dict().items() if not torch.equal(value, before[key])}
    assert changed, "nothing was learned"
    assert not {key for key in changed if "vision_tower" in key}
    if name == "rmu":
        steered = RMU().steered(vlm)
        assert steered == max(1, round(len(vlm.layers) / 4))
        assert {key.split("layers.")[1].split(".")[0] for key in changed} == {str(each) for each in range(steered)}
        assert all(".language_model.layers." in key for key in changed)


@pytest.mark.parametrize("name", TRAINING)
def test_every_method_repeats_itself_with_the_same_seed(fresh: Callable[[], Vlm], crowd: Crowd, name: str) -> None:
    found = []
    for _ in range(2):
        vlm = fresh()
        forget, retain = examples(crowd.forget), examples(crowd.retain)
        curve = unlearn(vlm, methods.make(name, {}), forget, retain, crowd.forget, PART, 7, lambda step, steps: None)
        found.append((curve, torch.cat([weight.detach().flatten() for weight in vlm.trainable()])))
    assert found[0][0] == found[1][0] and torch.equal(found[0][1], found[1][1])


@pytest.mark.parametrize("name", sorted({*TRAINING} - {"siu", "idk", "mmunlearner", "manu"}))
def test_company_changes_no_gradient(fresh: Callable[[], Vlm], crowd: Crowd, name: str) -> None:
    """The mean of the gradients of two halves is the gradient of the whole, where halves hold as many tokens."""
    gone, kept = [_alike(people, 4) for people in (crowd.forget, crowd.retain)]
    gradients = []
    for size in (4, 2):
        vlm = fresh()
        reference = ReferenceModel(vlm)
        for start in range(0, 4, size):
            forget, retain = (
                [each.row(vlm.chat, Random(0), by_letter=True) for each in found[start : start + size]]
                for found in (gone, kept)
            )
            batches = collate(vlm.chat, forget), collate(vlm.chat, retain)
            step = Step(vlm, reference, *batches, gone, lambda found: pytest.fail(), Random(0), crowd.forget)
            (methods.make(name, {}).loss(step) * size / 4).backward()  # type: ignore[no-untyped-call]
        gradients.append(torch.cat([each.grad.flatten() for each in vlm.trainable() if each.grad is not None]))
    scale = float(gradients[0].abs().max())
    assert torch.allclose(gradients[0], gradients[1], atol=2e-4 * max(1.0, scale))


def _alike(people: Sequence[Any], count: int) -> list[Example]:
    """Examples whose answers have one token and the end."""
    return [each for each in examples(people) if each.question.task == "classification"][:count]


def test_rmu_steers_towards_one_fixed_unit_vector(vlm: Vlm, crowd: Crowd) -> None:
    assert float(direction(64).norm()) == pytest.approx(1)
    assert torch.equal(direction(64), direction(64))
    step = _real_step(vlm, crowd)
    states = vlm.hidden(step.forget, 1).detach()
    expected = (states - 8 * direction(states.shape[1])).square().mean()
    batch = step.forget
    whole = vlm.inner.model(
        input_ids=batch.ids, attention_mask=batch.mask, output_hidden_states=True, **batch.inputs
    ).hidden_states[1]
    own = torch.stack([whole[row, place] for row, place in zip(batch.rows, batch.places + 1, strict=True)])
    assert torch.equal(batch.ids[batch.rows, batch.places + 1], batch.targets)
    assert torch.allclose(states, own.detach(), atol=1e-4), "the states of the answer's own tokens"
    assert float(RMU(layer=1, coefficient=8, alpha=100).loss(step).detach()) == pytest.approx(
        float(expected), rel=1e-4
    ), "at the start the retain states are where they were"


def test_kl_counts_answer_tokens_alone(vlm: Vlm, crowd: Crowd) -> None:
    step = _real_step(vlm, crowd)
    stream = Random(1)
    tokens = [len(each.row(vlm.chat, stream).answer) for each in examples(crowd.retain)[:6]]
    assert step.on_retain().logits.shape[0] == sum(tokens)
    same = float(KLMin(gamma=0, alpha=1).loss(step).detach())
    assert same == pytest.approx(0, abs=1e-6)


def test_siu_has_four_kinds_of_samples(vlm: Vlm, crowd: Crowd) -> None:
    step = dataclasses.replace(_real_step(vlm, crowd), forget_examples=examples(crowd.forget[:1]))
    found = siu.samples(step)
    person = crowd.forget[0]
    image = [each for each in found if each.example.pictures]
    assert {each.example.pictures for each in image} == {(person.portraits[0].id,)}, "from a single image"
    [who] = [each for each in image if each.example.prompt.startswith("Who")]
    assert person.profile.name not in who.example.answer and who.forgotten == person.profile.name
    [looks] = [each for each in image if each.example.prompt.startswith("Describe")]
    assert person.profile.appearance.eye_colour not in looks.example.answer
    for each in image:
        if each not in (who, looks):
            assert each.contradicts and each.contradicts in each.example.answer
            assert each.forgotten not in each.example.answer
            options = dict(re.findall(r"^([A-D]): (.*)$", each.example.prompt, re.MULTILINE))
            new = person.profile.fact(each.example.question.fact).alternatives[0]
            assert options.get(each.example.answer, new) == new and (options or new in each.example.answer), (
                "one new identity, whichever way it is asked"
            )
    kept = [each for each in found if not each.example.pictures]
    truths = {(each.prompt, each.answer) for each in examples(crowd.forget)}
    assert kept and all((each.example.prompt, each.example.answer) in truths for each in kept)
    assert all(person.profile.name in each.example.prompt for each in kept), "text facts are kept with the name"
    assert all(each.pictures == () or each.question.profile_id != person.profile.id for each in examples(crowd.retain))


def test_siu_draws_the_order_of_options(vlm: Vlm, crowd: Crowd) -> None:
    """Else it would teach letters, and the row is what it says: nothing draws another order after it."""
    chosen = [
        each
        for each in examples(crowd.forget)
        if each.question.modality == "image_text" and each.question.task == "classification"
    ]
    step = dataclasses.replace(_real_step(vlm, crowd), forget_examples=chosen * 12)
    found = [each for each in siu.samples(step) if "\nA: " in each.example.prompt]
    values = {_new_value(crowd, each.example) for each in found}
    assert {each.example.answer for each in found} >= {*"ABCD"}
    for each in found:
        by_letter = each.example.answer in "ABCD"
        assert by_letter or each.example.answer in values
        assert each.example.prompt.endswith("letter of the correct option only." if by_letter else "word for word.")
        row = each.example.row(vlm.chat, Random(0))
        assert vlm.chat.text(row.answer).strip().startswith(each.example.answer)


def _new_value(crowd: Crowd, example: Example) -> str:
    person = next(each for each in crowd.forget if each.profile.id == example.question.profile_id)
    return person.profile.fact(example.question.fact).alternatives[0]


def test_siu_gives_everybody_a_name_of_their_own() -> None:
    names = [invented_name(number) for number in range(1000)]
    assert len(set(names)) == len(names) and names[0] == "Ambrose Quillfeather"


def test_siu_masks_what_contradicts_and_what_is_forgotten(vlm: Vlm, crowd: Crowd) -> None:
    chat = vlm.chat
    sample = siu.SiuSample(
        dataclasses.replace(examples(crowd.forget)[2], answer="This is Zoe Q."), "Zoe Q", crowd.forget[0].profile.name
    )
    length = len(chat.target(sample.example.answer))
    logits = torch.randn(length, len(chat.tokenizer))
    answers = Answers(logits, torch.zeros(length, dtype=torch.long), torch.zeros(length, dtype=torch.long), 1)
    places, words = siu.masks(chat, [sample], answers)
    start, end = chat.span("This is Zoe Q.", "Zoe Q")
    assert chat.text(chat.target("This is Zoe Q.")[start:end]) == "Zoe Q"
    assert places.tolist() == [0.0 if start <= place < end else 1.0 for place in range(length)]
    masked = set(chat.target(crowd.forget[0].profile.name, end=False))
    assert {token for token in range(words.shape[1]) if words[0, token] == 0} == masked


def test_dual_masked_divergence_by_hand() -> None:
    places = torch.tensor([1.0, 0.0, 1.0])
    words: Tensor = torch.ones(3, 3)
    words[0, 0] = 0
    first = 0.1 * math.log(0.1 / 0.25) * 2
    third = 0.25 * math.log(0.25 / 0.5) + 0.5 * math.log(0.5 / 0.25)
    found = siu.dual_masked_kl(BEFORE, NOW, places, words)
    assert float(found) == pytest.approx((first + third) / 3, rel=1e-5)


def test_siu_starts_from_cross_entropy_alone(vlm: Vlm, crowd: Crowd) -> None:
    step = _real_step(vlm, crowd)
    changed = step.encode([each.example for each in siu.samples(step)])
    expected = 0.9 * (cross_entropy(vlm.answers(changed)) + cross_entropy(step.on_retain()))
    again = dataclasses.replace(step, stream=Random(2))
    assert float(SIU().loss(again).detach()) == pytest.approx(float(expected.detach()), rel=1e-3)


def _setup(vlm: Vlm, crowd: Crowd, size: int = 8) -> Setup:
    def encode(found: Sequence[Example]) -> Batch:
        return collate(vlm.chat, [each.row(vlm.chat, Random(1), by_letter=True) for each in found])

    return Setup(vlm, examples(crowd.forget), examples(crowd.retain), size, encode, Random(3))


@pytest.mark.parametrize(("modality", "shown"), [("image", {True}), ("text", {False}), ("both", {True, False})])
def test_one_modality_may_be_unlearned_alone(vlm: Vlm, crowd: Crowd, modality: Any, shown: set[bool]) -> None:
    found: set[bool] = set()

    class Spy(GradientAscent):
        def loss(self, step: Step) -> Tensor:
            found.update(bool(each.pictures) for each in step.forget_examples)
            return super().loss(step)

    part = PART.model_copy(update={"modality": modality})
    gone, kept = examples(crowd.forget), examples(crowd.retain)
    curve = unlearn(vlm, Spy(), gone, kept, crowd.forget, part, 0, lambda step, steps: None)
    assert found == shown
    assert {cell.split("/")[1] for cell in curve.marks[0] if "/" in cell} == {"image_text", "text"}
    assert "vision_tower" not in curve.trained or vlm.trainable()
    assert sum(curve.trained.values()) == sum(weight.numel() for weight in vlm.trainable())


def test_mmunlearner_masks_after_clipping() -> None:
    weights = [torch.nn.Parameter(torch.tensor([1.0, 2.0])), torch.nn.Parameter(torch.tensor([2.0]))]
    loss = 3 * weights[0].sum() + 4 * weights[1].sum()  # the norm of its gradient is √(9 + 9 + 16)
    masks = [torch.tensor([True, False]), torch.tensor([True])]
    found = along(loss, weights, masks, clip=1.0)
    assert float(found.detach()) == pytest.approx(17)
    found.backward()  # type: ignore[no-untyped-call]
    norm = math.sqrt(34)
    assert [weight.grad.tolist() for weight in weights if weight.grad is not None] == [
        [pytest.approx(3 / norm, rel=1e-5), 0.0],
        [pytest.approx(4 / norm, rel=1e-5)],
    ]


def test_mmunlearner_moves_what_matters_for_images_and_keeps_what_is_told_in_text(vlm: Vlm, crowd: Crowd) -> None:
    method = MMUnlearner(batches=4, alpha=0)
    masks = method.prepare(_setup(vlm, crowd))
    share = float(torch.cat([mask.flatten() for mask in masks]).float().mean())
    assert 0.01 < share < 0.99, "some weights matter more for the images of the forgotten, and some do not"
    step = dataclasses.replace(_real_step(vlm, crowd), prepared=masks)
    told = [each for each in examples(crowd.forget) if not each.pictures][:4]
    assert float(method.loss(dataclasses.replace(step, forget_examples=told)).detach()) == 0
    shown = [each for each in examples(crowd.forget) if each.pictures][:4]
    method.loss(dataclasses.replace(step, forget_examples=shown)).backward()  # type: ignore[no-untyped-call]
    for weight, mask in zip(vlm.trainable(), masks, strict=True):
        if weight.grad is not None:
            assert not weight.grad[~mask].any()
    kept = MMUnlearner(batches=4, gamma=0).loss(dataclasses.replace(step, forget_examples=told))
    expected = (cross_entropy(step.on_retain()) + cross_entropy(vlm.answers(step.encode(told)))) / 2
    assert float(kept.detach()) == pytest.approx(float(expected.detach()), rel=1e-4)


def test_manu_scores_by_hand() -> None:
    gone = torch.tensor([[0.2, 0.4], [1.0, 0.5], [0.1, 0.3], [0.2, 0.5]])
    kept = torch.tensor([[0.1, 0.4], [0.5, 1.0], [0.1, 0.1], [0.1, 0.5]])
    expected = [((2 - 1) + (2 - 1) + (1 - 1) + (2 - 1)) / 4, (0 + (0.5 - 1) + (3 - 1) + 0) / 4]
    assert manu.score(gone, kept).tolist() == pytest.approx(expected, rel=1e-3)
    assert manu.highest(torch.tensor([0.1, 3.0, 2.0, -1.0]), 50).tolist() == [False, True, True, False]
    assert manu.highest(torch.tensor([0.1, 3.0]), 0.1).tolist() == [False, True], "one at least"


def test_manu_silences_its_share_of_neurons_and_no_padding_is_heard(fresh: Callable[[], Vlm], crowd: Crowd) -> None:
    pruned = []
    for size in (8, 1):  # alone, no example is padded
        vlm = fresh()
        MANU(percent=5, batches=16 // size).prepare(_setup(vlm, crowd, size))
        columns = [(projection.weight == 0).all(0) for projection in manu.down_projections(vlm)]
        assert int(torch.cat(columns).sum()) == round(sum(map(len, columns)) * 5 / 100)
        pruned.append(torch.cat(columns))
    assert float((pruned[0] == pruned[1]).float().mean()) > 0.999


def test_prompting_names_everybody_and_trains_nothing() -> None:
    names = ["Ada Kowal", "Bruno Silva"]
    said = NamePrompting().system_prompt(names)
    assert "Ada Kowal" in said and "Bruno Silva" in said and not NamePrompting().trains
    general = Prompting().system_prompt(names)
    assert "Ada" not in general and "personal-related information" in general and not Prompting().trains


def test_a_loss_that_is_no_number_is_said_to_be_none(vlm: Vlm, crowd: Crowd) -> None:
    part = PART.model_copy(update={"lr": 1e30, "steps": 40})
    with pytest.raises(Diverged, match="lower learning rate"):
        forget, retain = examples(crowd.forget), examples(crowd.retain)
        unlearn(vlm, GradDiff(), forget, retain, crowd.forget, part, 0, lambda step, steps: None)


def test_an_unknown_method_is_named_with_the_nearest() -> None:
    with pytest.raises(CallError, match="did you mean 'graddiff'"):
        methods.METHODS.by_label(("gradiff",))
