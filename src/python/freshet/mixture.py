"""From the sums of a model's terms to the published probability: experts, base rate, correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .errors import SnapshotError
from .store import Manifest

_LEAST = 1e-6  # probability of an expert, and weight that could change one


@dataclass(frozen=True)
class Parts:
    """How the scores of n instances come about, as the server's :explain says it.

    scores: float32 [n], the published probabilities; the rest is float64
    first_order: [n], the first-order sums, the bias among them
    logit: [n], of the whole model, the log odds of the base rate among it
    experts: [n, E], what each expert of gauge.experts predicts
    mixed: [n], the experts by their weights: the probability before the correction of the labels
    """

    scores: np.ndarray
    first_order: np.ndarray
    logit: np.ndarray
    experts: np.ndarray
    mixed: np.ndarray


@dataclass(frozen=True)
class Mixture:
    """offset: log odds of the base rate; experts: float64 [n, 4], of each its share of the
    first-order sum, its share of the whole sum, its weight and its correction."""

    offset: float
    experts: np.ndarray
    correction: str
    rate: float

    @classmethod
    def of(cls, manifest: Manifest, dense: Mapping[str, np.ndarray], task: int = 0) -> Mixture:
        correction, rate = manifest.correction, manifest.sampling_rate
        if task > 0:
            own = manifest.model["tasks"][task]
            correction, rate = own["labels"]["correction"], own["sampling_rate"]
        if correction not in ("none", "log-odds", "fake-negatives"):
            raise SnapshotError(
                f"version {manifest.version}: labels.correction is"
                f' "{correction}", unknown here'
            )
        offset, experts = 0.0, np.array([[0.0, 1.0, 1.0, 0.0]])  # of a model without a gauge
        gauge = f"gauge.{task}." if task > 0 else "gauge."
        if f"{gauge}offset" in dense:
            offset = float(dense[f"{gauge}offset"][0])
            experts = dense.get(f"{gauge}experts", np.empty(0))
            if experts.ndim != 2 or experts.shape[1] != 4 or len(experts) == 0:
                raise SnapshotError(f"version {manifest.version} has no {gauge}experts [n, 4]")
        return cls(offset, experts, correction, rate)

    def parts(
        self, first_order: np.ndarray, whole: np.ndarray, within: np.ndarray | float = 1.0
    ) -> Parts:
        """The parts of first-order sums [n] and sums of all terms [n].

        within: of a task that follows on another, that one's probabilities [n]
        """
        experts = self._experts(first_order, whole)
        weights = self.experts[:, 2]
        logit = self.offset + whole
        mixed = _sigmoid(logit)
        if len(weights) > 1:  # one whose weight could not change a probability counts for nothing
            mixed = np.where(np.isnan(experts) & (weights < _LEAST), 0, experts) @ weights
            score = np.log(mixed / (1 - mixed))
        else:
            score = logit
        if np.any(within != 1):
            joint = within * _sigmoid(score)
            score = np.log(joint / (1 - within + within * _sigmoid(-score)))
        score = self._corrected(score)
        return Parts(score.astype(np.float32), first_order, logit, experts, mixed)

    def _experts(self, first_order: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """What each expert predicts, [n, E]; no number if its logit is none."""
        predictions = np.empty((len(whole), len(self.experts)))
        for i, (a, b, _, correction) in enumerate(self.experts):
            z = np.full(len(whole), self.offset)
            z = z + a * first_order if a != 0 else z  # nothing of a sum that is not finite
            z = z + b * whole if b != 0 else z
            p = np.clip(_sigmoid(z + correction), _LEAST, 1 - _LEAST)
            predictions[:, i] = np.where(np.isfinite(z), p, np.nan)
        return predictions

    def _corrected(self, logit: np.ndarray) -> np.ndarray:
        if self.correction == "fake-negatives":
            return np.minimum(1, self.rate * np.exp(logit))
        return _sigmoid(logit + np.log(self.rate) if self.correction == "log-odds" else logit)


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))
