"""A trained solver: conditional logistic regression over features of four options, cross-validated over quartets.

McFadden's choice model: the probability of an option is the softmax, over the four, of a weighted sum of its features.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FOLDS = 5
"""Parts that groups are divided into; each is guessed from the others."""
_STEPS = 60
_RATE = 0.5
_SHRINKAGE = 0.01
Floats = npt.NDArray[np.float64]


def hits(features: npt.NDArray[np.float32], truth: Sequence[int], groups: Sequence[int]) -> list[bool]:
    """Whether the solver, trained on the other folds, picks the true option of each unit.

    `features` has the shape (units, options, features). Units of one group stand in one fold, since people of a
    quartet show the same options. There must be two groups at least.
    """
    folds = np.asarray(groups) % FOLDS
    relative = _relative(features.astype(np.float64))
    true = np.asarray(truth)
    right = np.zeros(len(truth), dtype=bool)
    for fold in np.unique(folds):
        weights = _learn(relative[folds != fold], true[folds != fold])
        right[folds == fold] = (relative[folds == fold] @ weights).argmax(axis=1) == true[folds == fold]
    return [bool(each) for each in right]


def _relative(features: Floats) -> Floats:
    """Each feature and its square, as they differ from the mean of a unit's options, in units of their deviation."""
    centred = features - features.mean(axis=1, keepdims=True)
    both = np.concatenate([centred, centred**2 - (centred**2).mean(axis=1, keepdims=True)], axis=2)
    deviation = both.std(axis=(0, 1))
    return np.asarray(both / np.where(deviation > 0, deviation, 1))


def _learn(features: Floats, truth: npt.NDArray[np.int64]) -> Floats:
    weights = np.zeros(features.shape[2])
    chosen = features[np.arange(len(truth)), truth].mean(axis=0)
    for _ in range(_STEPS):
        scores = features @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        expected = np.einsum("uo,uof->f", shares, features) / len(truth)
        weights += _RATE * (chosen - expected - _SHRINKAGE * weights)
    return weights
