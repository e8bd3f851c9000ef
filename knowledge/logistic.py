"""Logistic regression by Newton's method: small, deterministic, with case weights and a ridge penalty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_STEPS = 30
_CLOSE = 1e-9
_FLATTEST = 30.0  # beyond these log-odds a probability is 0 or 1 for every purpose


@dataclass(frozen=True)
class Logistic:
    """A fitted regression: the probability is the logistic of ``intercept`` plus the weighted sum of the values."""

    intercept: float
    weights: tuple[float, ...]

    def log_odds(self, values: Sequence[float]) -> float:
        """Return the log-odds of one case."""
        return self.intercept + sum(weight * value for weight, value in zip(self.weights, values, strict=True))

    def probability(self, values: Sequence[float], known: float = 0.0) -> float:
        """Return the probability of one case; ``known``: log-odds that something else brings."""
        log_odds = self.log_odds(values) + known
        return 1 / (1 + math.exp(-min(max(log_odds, -_FLATTEST), _FLATTEST)))


def fit(cases: Array, truths: Array, weights: Array, ridge: float) -> Logistic:
    """Return the regression of ``truths`` (0 or 1) on ``cases`` (one row each), values standardised first.

    ``weights`` say how many cases each stands for; ``ridge`` penalises the squared standardised weights.
    """
    total = weights.sum()
    means = weights @ cases / total
    scales = np.sqrt(weights @ (cases - means) ** 2 / total)
    scales[scales == 0] = 1.0
    design = np.column_stack([np.ones(len(cases)), (cases - means) / scales])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        expected = _logistic(design @ found)
        gradient = design.T @ (weights * (truths - expected)) - penalty * found
        curvature = (design.T * (weights * expected * (1 - expected))) @ design + np.diag(penalty + _CLOSE)
        step = np.linalg.solve(curvature, gradient)
        found += np.clip(step, -5, 5)
        if np.abs(step).max() < _CLOSE:
            break
    slopes = found[1:] / scales
    intercept = found[0] - slopes @ means
    return Logistic(round(float(intercept), 6), tuple(round(float(slope), 6) for slope in slopes))


def _logistic(values: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-np.clip(values, -_FLATTEST, _FLATTEST)))
    return result
