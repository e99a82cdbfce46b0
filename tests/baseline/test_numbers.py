"""What is no number (NaN) is not measured: it stands in no figure, is counted and said, and ends a training."""

import json
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.baseline import methods, planning, running
from builder.baseline.attacks import membership
from builder.baseline.attacks.measuring import target_of
from builder.baseline.evaluation.asking import Examiner
from builder.baseline.evaluation.item_sets import items
from builder.baseline.evaluation.scoring import NO_TOKEN, likeliest
from builder.baseline.folder import BaselineFolder
from builder.baseline.methods.base import Step
from builder.baseline.methods.graddiff import GradDiff
from builder.baseline.methods.unlearning import unlearn
from builder.baseline.metrics import groups, likelihoods, summary
from builder.baseline.metrics.gate import make_gate
from builder.baseline.metrics.summary import Beside
from builder.baseline.models.vlm import Vlm
from builder.baseline.outcomes import stored
from builder.baseline.people import Crowd
from builder.baseline.report import writing
from builder.baseline.settings import EvaluatePart, TrainPart, UnlearnPart, resolve
from builder.baseline.training import fitting as training
from builder.baseline.training.examples import Example, examples
from builder.baseline.training.fitting import Diverged, fit
from tests.baseline.test_metrics import outcome

NAN = math.nan


def test_measures_make_no_number_of_what_is_none() -> None:
    assert math.isnan(likelihoods.exposure([NAN] * 16)), "and not the maximum"
    assert math.isnan(likelihoods.exposure([1.0, NAN, 2.0]))
    ratio = likelihoods.truth_ratio([NAN], 1.0)
    assert math.isnan(ratio) and math.isnan(likelihoods.indifference(ratio)) and math.isnan(likelihoods.preference(NAN))
    assert math.isnan(likelihoods.probability([NAN, -1.0])) and math.isnan(membership.lowest_mean([-1.0, NAN, -2.0]))


def test_groups_leave_out_what_was_not_measured() -> None:
    assert groups.mean([NAN, 1.0, 3.0]) == 2.0 and groups.mean([NAN]) is None
    assert groups.harmonic_mean([0.5, NAN]) is None, "and no utility without one of its parts"
    assert groups.auc([NAN], [1.0]) is None and groups.auc([NAN, 2.0], [1.0, NAN]) == 1.0
    assert groups.kolmogorov_smirnov([NAN], [1.0]) is None
    assert groups.kolmogorov_smirnov([NAN, 1.0], [1.0]) == groups.kolmogorov_smirnov([1.0], [1.0])


def test_an_item_without_numbers_stands_in_no_figure() -> None:
    good = outcome(output="The allergy is dust.", paraphrase=1.0)
    for bad in (
        outcome("00001-eval-000", log_p=(NAN, -1.0)),
        outcome("00001-eval-000", paraphrase=NAN),
        outcome("00001-eval-000", wrong=(NAN, 1.0)),
        replace(outcome("00001-eval-000"), ending="nan"),
    ):
        assert not bad.measured and good.measured
        assert summary.scores([good, bad], Beside()) == summary.scores([good], Beside())
        assert summary.by_category([good, bad], None) == summary.by_category([good], None)
        assert summary.separating_power([bad], [good], None)["rouge_l"] is None
    lost = outcome("00001-eval-000", name="holdout", log_p=(NAN,), hits=(False,))
    kept = outcome("00002-eval-000", name="holdout")
    figure = membership.Loss().figures(target_of([good, lost, kept], Beside(untrained=[lost])))["mia_loss"]
    assert figure.value == 0.5


def test_what_vanilla_gives_no_number_for_it_does_not_know() -> None:
    known = outcome("00000-train-000", name="known", task="cloze", candidates=(1.0, 2.0))
    lost = outcome("00001-train-000", name="known", task="cloze", candidates=(NAN, NAN), log_p=(NAN, NAN))
    gate = make_gate([known, lost], 0.9)
    assert gate.share("text") == 0.5 and gate.exposure["text"] == 1.0


def test_no_token_is_likeliest_where_there_are_no_numbers() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0], [0.0, NAN, 1.0], [-math.inf, 1.0, 2.0]])
    assert likeliest(logits).tolist() == [1, NO_TOKEN, 2]


def test_tokens_that_a_model_rules_out_are_numbers(vlm: Vlm, crowd: Crowd) -> None:
    """Log-probabilities of minus infinity beside the answer's own leave Min-K%++ a number."""
    head = vlm.head

    def ruled_out(hidden: Tensor) -> Tensor:
        return head(hidden).index_fill(-1, torch.tensor([vlm.chat.placeholder]), -math.inf)

    vlm.head = ruled_out  # type: ignore[method-assign]
    asked = [each for each in items(crowd, EvaluatePart()) if each.task == "generation"][:4]
    assert all(each.measured for each in Examiner(vlm, 4, 3).ask(asked))


def test_an_answer_that_breaks_off_is_not_measured(vlm: Vlm, crowd: Crowd) -> None:
    """The true answer is scored without a fault, and the model's own runs out of numbers after three tokens."""
    head, calls = vlm.head, 0
    asked = [each for each in items(crowd, EvaluatePart()) if each.task == "generation"][:4]

    def breaking(hidden: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return head(hidden) * (NAN if calls > 3 else 1)

    examiner = Examiner(vlm, 4, 12, share=False, score=False)
    vlm.head = breaking  # type: ignore[method-assign]
    found = examiner.ask(asked)
    assert any(each.ending == "nan" for each in found)
    assert all(each.measured == (each.ending != "nan") for each in found)


@pytest.fixture
def broken_model(users_model: Path, tmp_path: Path) -> Path:
    """The user's model, all of whose weights are NaN."""
    shutil.copytree(users_model, tmp_path / "broken")
    path = tmp_path / "broken" / "model.safetensors"
    weights = {name: torch.full_like(value, NAN) for name, value in load_file(path).items()}
    save_file(weights, path, metadata={"format": "pt"})
    return path.parent


def test_a_model_of_nans_gets_a_report_without_a_figure(broken_model: Path, crowd: Crowd, tmp_path: Path) -> None:
    settings = resolve({"model": str(broken_model), "evaluate_only": True, "methods": ()}, {}, methods.knobs())
    folder = BaselineFolder(tmp_path / "run")
    folder.claim(settings, "1" * 64, fresh=False)
    plan = planning.plan(crowd, settings, folder)
    running.run(plan)
    for _ in range(2):  # made, then scored again
        found = writing.write_report(plan)
        model = found["models"]["model"]
        assert not [path for path, score in model["scores"].items() if score["mean"] is not None]
        assert model["answers"]["0"]["not_measured"] == model["answers"]["0"]["items"] > 0
        for name in ("table.md", "index.html"):
            assert "NOT MEASURED" in (folder.report / name).read_text()
        assert "NOT MEASURED: model with seed 0" in writing.describe(found, folder.report)
        json.loads((folder.report / "results.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert not stored.read_outcomes(folder.outcomes(0, "model"))[0].measured, "what is stored stays what it was"


def _unlearn(vlm: Vlm, method: GradDiff, crowd: Crowd, steps: int) -> None:
    part = UnlearnPart(lr=1e-3, batch=4, steps=steps)
    unlearn(vlm, method, examples(crowd.forget), examples(crowd.retain), crowd.forget, part, 0, lambda one, two: None)


class _Poisoned(GradDiff):
    """A loss that is a number and whose gradient is none."""

    def loss(self, step: Step) -> Tensor:
        weight = step.vlm.trainable()[0]
        return super().loss(step) + (weight.flatten()[0] * 0).sqrt()


def test_a_gradient_that_is_no_number_ends_a_method(vlm: Vlm, crowd: Crowd) -> None:
    with pytest.raises(Diverged, match=r"gradient became (nan|inf) in step 1; a lower learning rate"):
        _unlearn(vlm, _Poisoned(), crowd, 1)


def test_the_last_step_is_looked_at(vlm: Vlm, crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    step = torch.optim.AdamW.step

    def wild(optimiser: torch.optim.AdamW, *given: object) -> object:
        done = step(optimiser, *given)
        optimiser.param_groups[0]["params"][0].data.fill_(NAN)
        return done

    monkeypatch.setattr(torch.optim.AdamW, "step", wild)
    with pytest.raises(Diverged, match=r"became nan after step 1, the last; a lower learning rate"):
        _unlearn(vlm, GradDiff(), crowd, 1)


def test_the_last_step_of_a_fine_tuning_is_looked_at(
    fresh: Callable[[], Vlm], learned: Sequence[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    vlm = fresh()
    monkeypatch.setattr(training, "_step", lambda *given: vlm.trainable()[0].data.fill_(NAN) is None or 1.0)
    with pytest.raises(Diverged, match="after step 1, the last"):
        fit(vlm, learned, TrainPart(epochs=0.01, lr=1e-3, batch=64, monitor=0), 0, lambda one, two: None)
