import pytest

from builder.base.errors import CallError
from builder.base.settings import parse_change
from builder.baseline.settings import resolve

KNOBS: dict[str, dict[str, type]] = {"npo": {"beta": float, "passes": int}}


def test_changes_are_of_the_settings_or_of_a_method() -> None:
    settings = resolve({}, {"train.lr": 1e-5, "seed": 3, "npo.beta": 1, "npo.passes": 2, "evaluate.gate": 0.5}, KNOBS)
    assert (settings.train.lr, settings.seed, settings.evaluate.gate) == (1e-5, 3, 0.5)
    assert {"beta": 1.0, "passes": 2}.items() <= settings.knobs["npo"].items()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("train.lrr=1", "unknown key 'train.lrr' (did you mean 'train.lr'?); docs/baseline.md lists every key."),
        ("npo.betta=1", "unknown key 'npo.betta' (did you mean 'npo.beta'?)"),
        ("share_prefix=false", "unknown key 'share_prefix' (did you mean 'evaluate.share_prefix'?)"),
        ("knobs.npo.beta=1", "unknown key 'knobs.npo.beta'"),
        ("train.lr=-1", "train.lr = -1: input should be greater than 0."),
        ("npo.passes=1.5", "npo.passes = 1.5: must be an integer."),
        ("npo.beta=high", "npo.beta = 'high': must be a number."),
        ("train.lr", "--set takes key=value, for example seed=7; got 'train.lr'."),
        ("judge.items=3", "--set judge.items needs a judge: name its model with --judge."),
    ],
)
def test_a_change_that_cannot_be_is_answered_in_a_sentence(change: str, message: str) -> None:
    with pytest.raises(CallError) as refused:
        resolve({}, dict([parse_change(change)]), KNOBS)
    assert message in str(refused.value)


def test_a_judges_address_with_a_secret_in_it_is_not_shown() -> None:
    with pytest.raises(CallError) as refused:
        resolve({"judge": {"model": "m-1"}}, {"judge.base_url": "https://me:secret@server/v1"}, {})
    assert "secret in one" in str(refused.value) and "me:secret" not in str(refused.value)
