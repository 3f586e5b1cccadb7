"""A version, whole: scores as the server does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np

from . import network
from .encoding import Batch, Encoder
from .errors import FeatureError, SnapshotError
from .histories import Histories
from .mixture import Mixture, Parts
from .store import Manifest
from .table import Table, start_rows

_CHUNK = 1024  # instances that are computed together
_BOUND = 1e6  # of a number, far beyond what any transform of a sane one gives

if TYPE_CHECKING:
    from .encoding import Scale

# Of each kind whether all pairs of fields count, and the trunk of the dense part.
_KINDS = {
    "lr": (False, network.nothing),
    "fm": (True, network.nothing),
    "deepfm": (True, network.cross_and_deep),
    "wide-deep": (False, network.cross_and_deep),
    "dcn": (False, network.cross_and_deep),
    "finalmlp": (False, network.final_mlp),
    "finalnet": (False, network.final_net),
}


class Model:
    """One version of a learner's model; it never changes and may be used by many threads.

    Arithmetic is in float64 on the published float32 numbers; scores are float32, as the server's,
    and agree with it within 1e-6.
    """

    def __init__(
        self,
        manifest: Manifest,
        table: Table,
        dense: Mapping[str, np.ndarray],
        histories: Histories | None = None,
    ) -> None:
        self.manifest = manifest
        self.table = table
        self.histories = histories or Histories.empty()
        self._k = manifest.model["embedding_size"]
        kind = manifest.model["kind"]
        if kind not in _KINDS:
            raise self._refused(
                f'is of kind "{kind}", unknown here; expected one of {list(_KINDS)}'
            )
        self._pairs, build = _KINDS[kind]
        self._mixture = Mixture.of(manifest, dense)
        self._encoder = Encoder(manifest.fields, _numbers(dense), self.histories)
        numbers = [field["number"] for field in manifest.fields]
        tensor = functools.partial(self._tensor, dense)
        shape = network.Shape(manifest.model, numbers, tensor)
        of_task = _networks(build, shape, bool(self.tasks))
        self._network = of_task(shape)
        self._tasks = self._further(dense, of_task, shape)
        self._attentions = [
            network.Attention(field, manifest.fields, self._k, tensor)
            for field in manifest.fields
            if field.get("attention") and self._k > 0
        ]
        self._sizes = {int(n): s for n, s in manifest.model.get("embedding_sizes", {}).items()}
        self._projections = [
            (index, tensor(f"projection.{number}.weight", (self._sizes[number], self._k)))
            for index, number in enumerate(numbers)
            if number in self._sizes
        ]
        self._zero_fields = self._fields_of_zeros()

    @property
    def version(self) -> str:
        return self.manifest.version

    def score(
        self, instances: Sequence[Mapping[str, Any]], time: float | None = None
    ) -> np.ndarray:
        """The click probabilities of instances, float32 [n].

        An instance is a dict of features by name: strings, numbers, booleans, None, and lists of
        those for multi fields, or dicts from their values to weights; lists of numbers for vectors. What is missing, None or
        empty counts as missing; other names are ignored. A sequence that the learner keeps is, where
        it is missing, what the user did last before the time (now), in seconds since 1970. Raises FeatureError, with the instance and feature, for what no field can hold.
        """
        return self.parts(instances, time).scores

    @property
    def tasks(self) -> list[str]:
        """The names of what it predicts; none where it is one thing."""
        return [task["name"] for task in self.manifest.model.get("tasks", ())]

    def score_tasks(
        self, instances: Sequence[Mapping[str, Any]], time: float | None = None
    ) -> dict[str, np.ndarray]:
        """The probabilities of each task, float32 [n], by its name; score gives the first's."""
        if not self.tasks:
            raise SnapshotError(f"version {self.version} is of one task; use score")
        chunks = []
        for at in range(0, max(1, len(instances)), _CHUNK):
            batch = self._encoder.encode(instances[at : at + _CHUNK], at, time)
            chunks.append(self._task_scores(batch, at))
        return dict(zip(self.tasks, np.concatenate(chunks, axis=1)))

    def _further(
        self,
        dense: Mapping[str, np.ndarray],
        build: Callable[[network.Shape], network.Network],
        shape: network.Shape,
    ) -> list[tuple[int, Mixture, network.Network]]:
        """Of each task but the first the one that it follows on, or -1, its mixture and network."""
        further = []
        for number, task in enumerate(self.manifest.model.get("tasks", ())):
            after = self.tasks.index(task["after"]) if "after" in task else -1
            if number > 0:
                net = build(shape.under(f"task.{task['name']}."))
                further.append((after, Mixture.of(self.manifest, dense, number), net))
        return further

    def _task_scores(self, batch: Batch, first: int) -> np.ndarray:
        """By task, then by instance."""
        with np.errstate(all="ignore"):
            first_order, embedded = self._embed(batch)
            sums = (first_order, self._whole(first_order, embedded))
            scores = [self._mixture.parts(*(_rounded(s) for s in sums)).scores]
            inputs = embedded.reshape(len(embedded), -1)
            none = np.zeros(len(inputs))
            for after, mixture, net in self._tasks:
                within = none + 1 if after < 0 else scores[after].astype(np.float64)
                scores.append(mixture.parts(none, _rounded(net(inputs)), within).scores)
        for of_task in scores:
            self._check_finite(of_task, batch, first)
        return np.stack(scores)

    def parts(
        self, instances: Sequence[Mapping[str, Any]], time: float | None = None
    ) -> Parts:
        """The same scores with the sums, experts and mixture that they come from."""
        starts = range(0, max(1, len(instances)), _CHUNK)
        chunks = [self._parts(instances[at : at + _CHUNK], at, time) for at in starts]
        return Parts(*(np.concatenate(p) for p in zip(*(astuple(c) for c in chunks))))

    def _parts(
        self, instances: Sequence[Mapping[str, Any]], first: int, time: float | None
    ) -> Parts:
        batch = self._encoder.encode(instances, first, time)
        with np.errstate(all="ignore"):  # what is not finite is refused below
            # as the server, which adds in single precision, has them
            sums = [_rounded(s) for s in self._logits(batch)]
            parts = self._mixture.parts(*sums)
        self._check_finite(np.where(np.isfinite(parts.logit), parts.scores, np.nan), batch, first)
        return parts

    def inputs(self, instances: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
        """What an ONNX model that was exported of this version, without tables, takes for instances:
        first_order [n] and, unless the kind is lr, embeddings [n, F, k], and of each sequence that
        attends NAME.values [n, length, k] and NAME.shares [n, length], float32.
        """
        batch = self._encoder.encode(instances, 0)
        rows, sums = self._sums(batch)
        inputs = {"first_order": self._first_order(sums)}
        for attention in self._attentions:
            inputs.update(attention.inputs(rows, sums, batch))
        if self._k:
            inputs["embeddings"] = sums[:, :, 1:]
        return {name: tensor.astype(np.float32) for name, tensor in inputs.items()}

    def _logits(self, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """The first-order sums and the sums of all terms, float64 [n] each."""
        first_order, embedded = self._embed(batch)
        return first_order, self._whole(first_order, embedded)

    def _embed(self, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """The first-order sums [n] and the embeddings of the fields [n, F, k]."""
        rows, sums = self._sums(batch)
        for attend in self._attentions:
            attend(rows, sums, batch)
        for index, weight in self._projections:
            sums[:, index, 1:] = sums[:, index, 1 : 1 + len(weight)] @ weight
        return self._first_order(sums), sums[:, :, 1:]

    def _whole(self, first_order: np.ndarray, embedded: np.ndarray) -> np.ndarray:
        """The sums of all terms of the first task."""
        logit = first_order
        if self._pairs:
            logit = logit + ((embedded.sum(1) ** 2).sum(1) - (embedded**2).sum((1, 2))) / 2
        inputs = embedded.reshape(len(embedded), len(self.manifest.fields) * self._k)  # [n, F * k]
        return logit + self._network(inputs)

    def _sums(self, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """The rows (w, v) of the occurrences, and by field the sums of value · row [n, F, 1 + k],
        float64.
        """
        fids, at = np.unique(batch.fids, return_inverse=True)
        rows = self._rows(fids).astype(np.float64)[at.ravel()]
        weighted = batch.values[:, None] * rows
        weighted[:, 0] *= batch.own  # a shared row's first order is the other field's
        sums = np.add.reduceat(weighted, batch.starts)  # [n * F, 1 + k]
        return rows, sums.reshape(-1, len(self.manifest.fields), 1 + self._k)

    def _first_order(self, sums: np.ndarray) -> np.ndarray:
        bias = self._rows(np.zeros(1, np.int64))[0, 0]  # fid 0
        return bias + sums[:, :, 0].sum(1)

    def _rows(self, fids: np.ndarray) -> np.ndarray:
        """The rows of distinct ids, float32 [n, 1 + k]; of unknown ones by the manifest's rule."""
        rows, known = self.table.lookup(fids)
        fields = fids.view(np.uint64) >> np.uint64(52)
        starts = ~known & ~np.isin(fields, self._zero_fields)
        rows[starts] = start_rows(fids[starts], self.manifest.unknown_ids["seed"], self._k)
        for number, size in self._sizes.items():
            rows[fields == number, 1 + size :] = 0
        return rows

    def _fields_of_zeros(self) -> np.ndarray:
        """Numbers of the fields whose unknown ids count as zeros."""
        rule = self.manifest.unknown_ids["rule"]
        if rule == "zero":
            return np.arange(4096, dtype=np.uint64)
        if rule != "start-row":
            raise self._refused(f'has the rule "{rule}" for unknown ids, unknown here')
        return np.array(self.manifest.unknown_ids.get("zero_fields", ()), np.uint64)

    def _tensor(
        self, dense: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]
    ) -> np.ndarray:
        tensor = dense.get(name)
        if tensor is None or tensor.shape != shape:
            found = "no such tensor" if tensor is None else f"shape {list(tensor.shape)}"
            raise self._refused(f"has {found} for {name} of shape {list(shape)}")
        return tensor.astype(np.float64)

    def _check_finite(self, scores: np.ndarray, batch: Batch, first: int) -> None:
        bad = np.flatnonzero(~np.isfinite(scores))
        if len(bad) == 0:
            return
        fields = len(self.manifest.fields)
        at = bad[0] * fields
        values = np.maximum.reduceat(np.abs(batch.values), batch.starts)[at : at + fields]
        where = f"instances[{first + bad[0]}]"
        if values.max() > _BOUND:
            name = self.manifest.fields[int(values.argmax())]["name"]
            raise FeatureError(
                f"{where}.features.{name} is so large that there is no score;"
                " expected a number near those learned from"
            )
        raise SnapshotError(f"version {self.version} has no finite score for {where}")

    def _refused(self, why: str) -> SnapshotError:
        return SnapshotError(f"version {self.version} {why}")


def _networks(
    build: Callable[[network.Shape], network.Trunk], shape: network.Shape, tasks: bool
) -> Callable[[network.Shape], network.Network]:
    """What makes the network of a task of its tensors."""
    if tasks and shape.size("task-experts"):
        return functools.partial(network.gated_tower, network.experts(build, shape))
    return lambda own: network.closed(build(own), own)


def _rounded(sums: np.ndarray) -> np.ndarray:
    """As the server has them, which adds in single precision."""
    return sums.astype(np.float32).astype(np.float64)


def _numbers(dense: Mapping[str, np.ndarray]) -> dict[int, list[Scale]] | None:
    """By field number the unit, mean and deviation by which each of its numbers is standardized."""
    if "gauge.numbers" not in dense:
        return None
    numbers: dict[int, list[Scale]] = {}
    for n, unit, mean, deviation in dense["gauge.numbers"].tolist():
        numbers.setdefault(int(n), []).append((unit, mean, deviation))
    return numbers
