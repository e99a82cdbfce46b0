"""Batching, sorting, shared prefixes and key-values change nothing that comes out."""

import copy
import dataclasses
import random
from collections.abc import Callable, Sequence

import pytest
import torch

from builder.base.records import LETTERS
from builder.baseline.evaluation.asking import Examiner, room
from builder.baseline.evaluation.controls import NOBODY, controls, nobody
from builder.baseline.evaluation.item_sets import items, known_facts
from builder.baseline.models.chat import Chat
from builder.baseline.models.encoding import collate, encode
from builder.baseline.models.likelihood import token_nll
from builder.baseline.models.linear import fast_linear
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes.records import CONTROLS, Item, Outcome
from builder.baseline.people import Crowd
from builder.baseline.settings import EvaluatePart, resolve
from builder.baseline.training.examples import Example
from builder.baseline.training.fitting import fit
from builder.tasks.classification import CLASSIFICATION


@pytest.fixture(scope="module")
def half_trained(built: Vlm, learned: list[Example]) -> Vlm:
    """A model that says different things to different questions."""
    vlm = Vlm(copy.deepcopy(built.model), built.chat)
    part = resolve({}, {"train.epochs": 12, "train.batch": 16, "train.monitor": 0}, {}).train
    fit(vlm, learned, part, 0, lambda step, steps: None)
    return vlm


@pytest.fixture
def asked(crowd: Crowd) -> list[Item]:
    return items(crowd, EvaluatePart())


def _numbers(outcome: Outcome) -> list[float]:
    said = outcome.truth
    return [
        *outcome.letters,
        *outcome.options,
        *said.log_p,
        *outcome.wrong,
        *outcome.candidates,
        outcome.paraphrase or 0.0,
    ]


def test_the_batch_and_sharing_change_no_result(half_trained: Vlm, asked: list[Item]) -> None:
    one = Examiner(half_trained, batch=1, limit=12, share=False).ask(asked)
    for batch, share in ((64, True), (5, True), (64, False)):
        other = Examiner(half_trained, batch=batch, limit=12, share=share).ask(asked)
        assert [each.item for each in other] == asked
        assert [each.output for each in other] == [each.output for each in one]
        for mine, theirs in zip(other, one, strict=True):
            assert _numbers(mine) == pytest.approx(_numbers(theirs), abs=1e-3)
            assert mine.truth.right == theirs.truth.right
    assert len({each.output for each in one}) > 5, "a model that always says the same proves nothing"


def test_controls_are_asked_like_everything_else(half_trained: Vlm, crowd: Crowd, asked: list[Item]) -> None:
    """An image question without its image, and the picture of nobody, in one call with everything else."""
    chat = half_trained.chat
    vlm = Vlm(half_trained.model, Chat(chat.processor, {**chat.pictures, NOBODY: nobody(24)}))
    made = [*asked, *controls(crowd, asked, EvaluatePart(controls_people=0))]
    some = random.Random(1).sample(made, 60)
    assert {each.control for each in some} == {"", *CONTROLS}
    one, other = (Examiner(vlm, batch, 8, share, score=False).ask(some) for batch, share in ((1, False), (16, True)))
    assert [each.output for each in one] == [each.output for each in other]
    for mine, theirs in zip(one, other, strict=True):
        assert _numbers(mine) == pytest.approx(_numbers(theirs), abs=1e-3)


def test_answers_alone_are_those_with_all_scores(half_trained: Vlm, asked: list[Item]) -> None:
    scored = Examiner(half_trained, 16, 10).ask(asked[:20])
    alone = Examiner(half_trained, 16, 10, score=False).ask(asked[:20])
    assert [each.output for each in alone] == [each.output for each in scored]


def test_answers_that_begin_like_the_truth_go_on_as_greedy_decoding_does(half_trained: Vlm, asked: list[Item]) -> None:
    """Truths made of the model's own answers, cut or changed anywhere: what it says stays what it says."""
    opened = [each for each in asked if each.task == "generation"][:12]
    own = Examiner(half_trained, 1, 12, share=False).ask(opened)
    assert len({each.output for each in own}) > 3
    stream = random.Random(0)
    for change in (lambda words, at: words[:at], lambda words, at: [*words[:at], "Other", *words[at:]]):
        given = []
        for outcome in own:
            words = outcome.output.split()
            truth = " ".join(change(words, stream.randrange(len(words) + 1))) or "Other"
            given.append(dataclasses.replace(outcome.item, truth=truth))
        found = Examiner(half_trained, 5, 12).ask(given)
        assert [each.output for each in found] == [each.output for each in own]
        assert len({sum(each.truth.right) for each in found}) > 2, "truths that all part at one place prove little"


def test_a_known_answer_is_cut_at_the_limit(half_trained: Vlm, asked: list[Item]) -> None:
    opened = [each for each in asked if each.task == "generation"][:6]
    own = Examiner(half_trained, 6, 20).ask(opened)
    known = [dataclasses.replace(each.item, truth=each.output) for each in own]
    plain = Examiner(half_trained, 1, 2, share=False).ask(known)
    found = Examiner(half_trained, 6, 2).ask(known)
    assert any(all(each.truth.right) for each in found)
    assert [each.output for each in found] == [each.output for each in plain]


def test_linear_layers_are_faster_for_a_while_and_say_the_same(
    fresh: Callable[[], Vlm], learned: list[Example]
) -> None:
    vlm = fresh()
    batch = collate(vlm.chat, [encode(vlm.chat, each.prompt, None, each.answer) for each in learned[:4]])
    layer = vlm.model.get_output_embeddings()
    with torch.no_grad():
        before = vlm.answers(batch).logits
        with fast_linear(vlm.model):
            assert "forward" in vars(layer)
            with fast_linear(vlm.model):
                during = vlm.answers(batch).logits
            assert "forward" in vars(layer), "whoever came first is not undone by who comes second"
    assert "forward" not in vars(layer)
    assert torch.allclose(before, during, atol=1e-4)
    with fast_linear(vlm.model.bfloat16()):
        assert "forward" not in vars(layer), "only full precision has something to gain"


def plain_answers(vlm: Vlm, items: Sequence[Item], limit: int, end: int | None = -1) -> list[str]:
    """The greedy answers by transformers' own `generate`, one question at a time."""
    found = []
    for item in items:
        row = encode(vlm.chat, item.prompt, item.picture)
        batch = collate(vlm.chat, [row], left=True).to(vlm.device, vlm.dtype)
        ids = vlm.model.generate(
            input_ids=batch.ids,
            attention_mask=batch.mask,
            max_new_tokens=limit,
            do_sample=False,
            **({"eos_token_id": vlm.chat.end} if end == -1 else {}),
            pad_token_id=vlm.chat.padding,
            **batch.inputs,
        )
        found.append(vlm.chat.text(ids[0, len(row) :].tolist()))
    return found


def test_answers_equal_those_of_a_plain_generate_loop(half_trained: Vlm, asked: list[Item]) -> None:
    some = random.Random(0).sample(asked, 24)
    plain = plain_answers(half_trained, some, 10)
    opened = [place for place, item in enumerate(some) if item.task != "classification"]
    ours = Examiner(half_trained, 16, 10).ask(some)
    assert [ours[place].output for place in opened] == [plain[place] for place in opened]


def test_log_probabilities_equal_those_of_one_whole_pass(half_trained: Vlm, asked: list[Item]) -> None:
    for outcome in Examiner(half_trained, 16, 4, generate=False).ask(asked[:12]):
        item = outcome.item
        row = encode(half_trained.chat, item.prompt, item.picture, item.truth)
        with torch.no_grad():
            nll = token_nll(half_trained.answers(collate(half_trained.chat, [row])))
        if item.task == "classification":
            by_text = CLASSIFICATION.by_text(item.prompt)
            texts = [_whole(half_trained, by_text, item.picture, each) for each in _options(item)]
            assert outcome.options == pytest.approx(texts, abs=1e-3) and len(texts) == 4
            assert outcome.letters[LETTERS.index(item.letter)] == pytest.approx(-float(nll[0]), abs=1e-3)
        else:
            assert outcome.truth.log_p == pytest.approx((-nll).tolist(), abs=1e-3)


def _options(item: Item) -> list[str]:
    return [line[3:] for line in item.prompt.splitlines() if line[:1] in LETTERS and line[1:3] == ": "]


@torch.no_grad()
def _whole(vlm: Vlm, prompt: str, picture: str | None, answer: str) -> float:
    """log p of an answer, its end token included, from one whole pass."""
    return -float(token_nll(vlm.answers(collate(vlm.chat, [encode(vlm.chat, prompt, picture, answer)]))).sum())


def test_an_image_is_encoded_once_whatever_is_asked_about_it(
    fresh: Callable[[], Vlm], crowd: Crowd, learned: list[Example]
) -> None:
    from builder.baseline.models.memo import TowerMemo

    plain, quick = fresh(), fresh()
    quick.memo = TowerMemo.attach(quick.model)
    assert quick.memo is not None
    asked = [each for each in items(crowd, EvaluatePart()) if each.modality == "image_text"]
    ours, theirs = (Examiner(each, 32, 4).ask(asked) for each in (quick, plain))
    assert quick.memo.encoded == len({each.picture for each in asked})
    for mine, other in zip(ours, theirs, strict=True):
        assert _numbers(mine) == pytest.approx(_numbers(other), abs=1e-4)


def test_what_is_asked(crowd: Crowd) -> None:
    asked = items(crowd, EvaluatePart(retain_people=2))
    assert {each.set for each in asked} == {"forget", "views", "test", "retain", "retain_test", "holdout"}
    kept = [{each.profile_id for each in asked if each.set == name} for name in ("retain", "retain_test")]
    assert len(kept[0]) == 2 and kept[0] == kept[1]
    for each in asked:
        assert (each.picture is None) == (each.modality == "text")
        if each.picture:
            assert ("-test-" in each.picture) == (each.set in ("views", "test", "retain_test")), (
                "they show held-out views"
            )
        if each.task == "generation":
            assert each.value in each.paraphrase and each.paraphrase in each.held_out, "a held-out wording, as TOFU's"
            assert (each.paraphrase == each.truth) == (each.set in ("test", "retain_test"))
            assert each.truth not in each.wrong and each.paraphrase not in each.wrong
        if each.task == "cloze":
            assert each.candidates[0] == each.truth
    facts = {(each.profile_id, each.fact, each.modality) for each in known_facts(crowd.trained)}
    assert len(facts) == 5 * 3 * 2


def test_an_answer_ends_where_generate_ends_it(half_trained: Vlm, asked: list[Item]) -> None:
    """At each end token that the generation config names, whatever the chat template has."""
    vlm = Vlm(copy.copy(half_trained.model), half_trained.chat)
    opened = [each for each in asked if each.task == "generation"][:6]
    long = Examiner(vlm, 4, 12).ask(opened)
    further = vlm.chat.target(long[0].output, end=False)[2]
    vlm.model.generation_config = copy.deepcopy(vlm.model.generation_config)
    vlm.model.generation_config.eos_token_id = [vlm.chat.end, further]
    found = Examiner(vlm, 4, 12).ask(opened)
    plain = plain_answers(vlm, opened, 12, end=None)
    said = vlm.chat.text([further])  # generate gives the end token back, and this one is no special token
    assert [each.output for each in found] == [each.removesuffix(said).strip() for each in plain]
    assert len(found[0].output) < len(long[0].output) and found[0].ending == "end"


def test_a_perfect_answer_of_sixty_words_is_not_cut(vlm: Vlm, asked: list[Item]) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    item = dataclasses.replace(next(each for each in asked if each.task == "generation"), truth=words)
    limit = room(vlm.chat, [*asked, item])
    target = vlm.chat.target(words)
    assert len(target) > 48 and limit > len(target)
    for tokens, ending in ((limit, "end"), (48, "limit")):
        [found] = Examiner(_Parrot(vlm, target), 1, tokens, share=False).ask([item])
        assert found.ending == ending and (found.output == words) == (ending == "end")
    assert room(vlm.chat, asked) == 48


class _Parrot(Vlm):
    """A model that says these tokens, one after the other, whatever it is asked."""

    def __init__(self, vlm: Vlm, tokens: Sequence[int]) -> None:
        super().__init__(vlm.model, vlm.chat)
        self._tokens, self._said = list(tokens), 1  # the first is read off where the answer is scored

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """One row a token: the whole answer where it is scored, else the one that comes next."""
        logits = super().head(hidden)
        rows = [*self._tokens] if len(logits) > 1 else [self._next()]
        return torch.nn.functional.one_hot(torch.tensor(rows), logits.shape[-1]).float()[: len(logits)]

    def _next(self) -> int:
        self._said += 1
        return self._tokens[self._said - 1]
