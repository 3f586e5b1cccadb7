"""From the sums of a model's terms to the published probability: experts, base rate, correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .errors import SnapshotError
from .store import Manifest

_LEAST = 1e-6  # probability of an expert, and weight that could change one


@dataclass(frozen=True)
class Mixture:
    """offset: log odds of the base rate; experts: float64 [n, 4], of each its share of the
    first-order sum, its share of the whole sum, its weight and its correction."""

    offset: float
    experts: np.ndarray
    correction: str
    rate: float

    @classmethod
    def of(cls, manifest: Manifest, dense: Mapping[str, np.ndarray]) -> Mixture:
        if manifest.correction not in ("none", "log-odds", "fake-negatives"):
            raise SnapshotError(
                f"version {manifest.version}: labels.correction is"
                f' "{manifest.correction}", unknown here'
            )
        offset, experts = 0.0, np.array([[0.0, 1.0, 1.0, 0.0]])  # of a model without a gauge
        if "gauge.offset" in dense:
            offset = float(dense["gauge.offset"][0])
            experts = dense.get("gauge.experts", np.empty(0))
            if experts.ndim != 2 or experts.shape[1] != 4 or len(experts) == 0:
                raise SnapshotError(f"version {manifest.version} has no gauge.experts [n, 4]")
        return cls(offset, experts, manifest.correction, manifest.sampling_rate)

    def probability(self, first_order: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """The probabilities of first-order sums [n] and sums of all terms [n]."""
        logit = self._logit(first_order.astype(np.float64), whole.astype(np.float64))
        if self.correction == "fake-negatives":
            return np.minimum(1, self.rate * np.exp(logit))
        if self.correction == "log-odds":
            logit = logit + np.log(self.rate)
        return _sigmoid(logit)

    def _logit(self, first_order: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """The logit of the mixed prediction; no number if an expert that counts predicts none."""
        if len(self.experts) == 1:
            return self.offset + whole
        mixed = np.zeros(len(whole))
        for a, b, weight, correction in self.experts:
            z = np.full(len(whole), self.offset)
            z = z + a * first_order if a != 0 else z  # nothing of a sum that is not finite
            z = z + b * whole if b != 0 else z
            p = np.clip(_sigmoid(z + correction), _LEAST, 1 - _LEAST)
            p[~np.isfinite(z)] = np.nan if weight >= _LEAST else 0
            mixed += weight * p
        return np.log(mixed / (1 - mixed))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))
