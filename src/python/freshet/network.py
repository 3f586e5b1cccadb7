"""The dense parts of the kinds of models: from the fields' embeddings to a term of the logit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .encoding import Batch

Network = Callable[[np.ndarray], np.ndarray]  # of embeddings [n, fields * k] the term [n]
Map = Callable[[np.ndarray], np.ndarray]  # row by row


class Branch(NamedTuple):
    """Some of the last units of a trunk, and the output unit over them; without a name they are
    summed up.
    """

    out: str
    units: int
    biased: bool = True


class Trunk(NamedTuple):
    """The layers of a network up to its last units, branch by branch."""

    branches: list[Branch]
    forward: Callable[[np.ndarray], list[np.ndarray]]


@dataclass(frozen=True)
class Shape:
    """What a network is built from: the manifest's model, the numbers of its fields, tensors."""

    model: dict[str, Any]
    fields: list[int]
    tensor: Callable[[str, tuple[int, ...]], np.ndarray]  # by name and expected shape, float64

    @property
    def inputs(self) -> int:
        return len(self.fields) * int(self.model["embedding_size"])

    @property
    def hidden(self) -> list[int]:
        return list(self.model["hidden_layers"])

    def sizes(self, key: str) -> list[int]:
        return list(self.model.get("sizes", {}).get(key, []))

    def size(self, key: str) -> int:
        return (self.sizes(key) or [0])[0]

    def under(self, prefix: str) -> Shape:
        """The same of tensors whose names begin so."""
        return replace(self, tensor=lambda name, shape: self.tensor(prefix + name, shape))

    def linear(self, name: str, inputs: int, outputs: int, biased: bool = True) -> Map:
        weight = self.tensor(f"{name}.weight", (inputs, outputs)) if inputs else None
        bias = self.tensor(f"{name}.bias", (outputs,)) if biased else np.zeros(outputs)
        if weight is None:
            return lambda x: np.broadcast_to(bias, (len(x), outputs))
        return lambda x: x @ weight + bias

    def relu(self, group: str, inputs: int, units: list[int]) -> Map:
        """Hidden ReLU layers; none pass everything on."""
        layers = [
            self.linear(f"{group}.{i}", before, after)
            for i, (before, after) in enumerate(zip([inputs, *units], units))
        ]

        def forward(x: np.ndarray) -> np.ndarray:
            for layer in layers:
                x = np.maximum(layer(x), 0)
            return x

        return forward


def closed(trunk: Trunk, shape: Shape) -> Network:
    """The sum of an output unit over each branch; FinalNet's mean."""
    outs: list[Map] = [
        shape.linear(out, units, 1, biased) if out else _sum for out, units, biased in trunk.branches
    ]
    share = 1 / len(outs) if shape.model["kind"] == "finalnet" else 1

    def forward(x: np.ndarray) -> np.ndarray:
        terms = [out(units)[:, 0] for out, units in zip(outs, trunk.forward(x))]
        return sum(terms, np.zeros(len(x))) * share

    return forward


def _sum(units: np.ndarray) -> np.ndarray:
    return units.sum(1, keepdims=True)


def nothing(shape: Shape) -> Trunk:
    return Trunk([], lambda x: [])


def cross_and_deep(shape: Shape) -> Trunk:
    """Cross layers (DCN-V2) and hidden ReLU layers, in parallel or stacked."""
    inputs, hidden = shape.inputs, shape.hidden
    of = _mixture if shape.size("low-rank") else _full
    cross = [of(shape, f"cross.{i}") for i in range(shape.model.get("cross_layers", 0))]
    stacked = bool(shape.size("stacked") and hidden)
    deep = shape.relu("deep", inputs, hidden)
    branches = [Branch("cross.out", inputs)] if cross and not stacked else []
    if hidden:
        branches.append(Branch("deep.out", hidden[-1]))

    def forward(x: np.ndarray) -> list[np.ndarray]:
        crossed = x
        for layer in cross:
            crossed = x * layer(crossed) + crossed
        units = [crossed] if cross and not stacked else []
        return [*units, deep(crossed if stacked else x)] if hidden else units

    return Trunk(branches, forward)


def experts(build: Callable[[Shape], Trunk], shape: Shape) -> list[Trunk]:
    """The trunks that tasks share (MMoE), whose hidden layers are numbered without a group."""

    def expert(e: int) -> Shape:
        def tensor(name: str, of: tuple[int, ...]) -> np.ndarray:
            return shape.tensor(f"expert.{e}." + name.removeprefix("deep."), of)

        return replace(shape, tensor=tensor)

    return [build(expert(e)) for e in range(shape.size("task-experts"))]


def gated_tower(trunks: list[Trunk], shape: Shape) -> Network:
    """A task's gate and tower over experts."""
    units = sum(branch.units for branch in trunks[0].branches)
    gate = shape.linear("gate", shape.inputs, len(trunks))
    tower_layers = shape.sizes("tower-layers")
    tower = shape.relu("tower", units, tower_layers)
    out = shape.linear("out", [units, *tower_layers][-1], 1)

    def forward(x: np.ndarray) -> np.ndarray:
        shares = _softmax(gate(x))
        of_each = [np.concatenate(trunk.forward(x), axis=1) for trunk in trunks]
        mixed = sum(shares[:, e : e + 1] * of for e, of in enumerate(of_each))
        return out(tower(mixed))[:, 0]

    return forward


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _full(shape: Shape, name: str) -> Map:
    return shape.linear(name, shape.inputs, shape.inputs)


def _mixture(shape: Shape, name: str) -> Map:
    """A mixture of low-rank experts."""
    rank, experts, inputs = shape.size("low-rank"), shape.size("experts"), shape.inputs
    down = shape.linear(f"{name}.down", inputs, experts * rank, biased=False)
    cores = [
        shape.linear(f"{name}.core.{e}", rank, rank, biased=False) for e in range(experts)
    ]
    gate = shape.linear(f"{name}.gate", inputs, experts)
    up = shape.linear(f"{name}.up", experts * rank, inputs)

    def forward(x: np.ndarray) -> np.ndarray:
        parts = np.split(np.tanh(down(x)), experts, axis=1)
        gates = _softmax(gate(x))
        mixed = [
            gates[:, e : e + 1] * np.tanh(core(part))
            for e, (core, part) in enumerate(zip(cores, parts))
        ]
        return up(np.concatenate(mixed, axis=1))

    return forward


def final_mlp(shape: Shape) -> Trunk:
    """Two gated streams of hidden layers and a multi-head bilinear fusion (FinalMLP)."""
    first, second = shape.hidden, shape.sizes("second-layers")
    streams = [
        _stream(shape, name, units) for name, units in (("first", first), ("second", second))
    ]
    heads = shape.size("heads")
    widths = (first[-1] // heads, second[-1] // heads)
    maps = [shape.linear(f"fusion.head.{h}", *widths, biased=False) for h in range(heads)]

    def forward(embeddings: np.ndarray) -> list[np.ndarray]:
        x, y = (stream(embeddings) for stream in streams)
        parts = zip(maps, np.split(x, heads, axis=1), np.split(y, heads, axis=1))
        return [x, y, np.stack([(m(a) * b).sum(1) for m, a, b in parts], axis=1)]

    branches = [
        Branch("fusion.first", first[-1]),
        Branch("fusion.second", second[-1], biased=False),
        Branch("", heads),
    ]
    return Trunk(branches, forward)


def _stream(shape: Shape, name: str, units: list[int]) -> Map:
    """Hidden layers over embeddings that a gate has weighed."""
    k = int(shape.model["embedding_size"])
    at = [shape.fields.index(number) for number in shape.sizes(f"{name}-gate")]
    columns = [f * k + d for f in at for d in range(k)]
    gate_layers = shape.sizes("gate-layers") if columns else []
    gate = shape.relu(f"{name}.gate", len(columns), gate_layers)
    gate_out = shape.linear(f"{name}.gate.out", [len(columns), *gate_layers][-1], shape.inputs)
    hidden = shape.relu(name, shape.inputs, units)

    def forward(x: np.ndarray) -> np.ndarray:
        return hidden(x * 2 / (1 + np.exp(-gate_out(gate(x[:, columns])))))

    return forward


def final_net(shape: Shape) -> Trunk:
    """One or two blocks of factorized interaction layers (FinalNet)."""
    gated = bool(shape.size("gated"))
    fields, inputs = len(shape.fields), shape.inputs
    gate = shape.linear("gate", fields, fields) if gated else None
    blocks = [_block(shape, "first", 2 * inputs if gated else inputs, shape.hidden)]
    branches = [Branch("first.out", shape.hidden[-1])]
    second = shape.sizes("second-layers")
    if second:
        blocks.append(_block(shape, "second", inputs, second))
        branches.append(Branch("second.out", second[-1]))

    def twice(x: np.ndarray, gate: Map) -> np.ndarray:
        embedded = x.reshape(len(x), fields, -1).transpose(0, 2, 1)  # [n, k, fields]
        weighed = embedded * gate(embedded)
        return np.concatenate([x, weighed.transpose(0, 2, 1).reshape(len(x), -1)], axis=1)

    def forward(x: np.ndarray) -> list[np.ndarray]:
        of = [twice(x, gate) if gate else x, x]
        return [block(i) for block, i in zip(blocks, of)]

    return Trunk(branches, forward)


def _block(shape: Shape, name: str, inputs: int, units: list[int]) -> Map:
    layers = [
        shape.linear(f"{name}.{i}", before, after)
        for i, (before, after) in enumerate(zip([inputs, *units], units))
    ]

    def forward(x: np.ndarray) -> np.ndarray:
        for layer in layers:
            half, other = np.split(layer(x), 2, axis=1)
            x = np.concatenate([half, half * other], axis=1)
        return x

    return forward


class Attention:
    """Pools the values of a sequence by what they have to do with a target, and those of the lists
    that run along it with the same weights.
    """

    def __init__(
        self,
        field: Mapping[str, Any],
        fields: list[Mapping[str, Any]],
        k: int,
        tensor: Callable[[str, tuple[int, ...]], np.ndarray],
    ) -> None:
        self._k = k
        lists = [field, *(f for f in fields if f.get("along") == field["name"])]
        targets = [field["attention"]["target"], *(f.get("target") for f in lists[1:])]
        names = [f["name"] for f in fields]
        self._names = [f["name"] for f in lists]
        self._indexes = [names.index(name) for name in self._names]
        self._targets = [names.index(target) for target in targets if target]
        self._length = field["length"]
        self._softmax = field["attention"]["softmax"]
        units = field["attention"]["units"]
        name = f"attention.{field['number']}"
        self._layers = [
            (tensor(f"{name}.{layer}.weight", shape), tensor(f"{name}.{layer}.bias", shape[1:]))
            for layer, shape in (("0", (3 * k, units)), ("out", (units, 1)))
            if units
        ]

    def __call__(self, rows: np.ndarray, sums: np.ndarray, batch: Batch) -> None:
        """Replaces the fields' sums of embeddings, [n, F, 1 + k]."""
        for i, spans in self._present(batch, sums.shape[1]):
            values = {index: rows[start:end, 1:] for index, start, end in spans}
            _, start, end = spans[0]
            shares = batch.values[start:end]
            score = self._scores(sums[i, self._targets, 1:].sum(0), sum(values.values()))
            if self._softmax:
                factor = np.exp(score - score.max())
                factor = factor / (shares * factor).sum()
            else:
                factor = 1 + score
            for index, each in values.items():
                sums[i, index, 1:] = (shares * factor) @ each

    def inputs(self, rows: np.ndarray, sums: np.ndarray, batch: Batch) -> dict[str, np.ndarray]:
        """The values and their shares as an exported model takes them, instead of their sums."""
        n, fields, _ = sums.shape
        shares = np.zeros((n, self._length))
        values = {index: np.zeros((n, self._length, self._k)) for index in self._indexes}
        for i, spans in self._present(batch, fields):
            for index, start, end in spans:
                shares[i, : end - start] = batch.values[start:end]
                values[index][i, : end - start] = rows[start:end, 1:]
                sums[i, index, 1:] = 0
        inputs = {f"{name}.values": values[i] for name, i in zip(self._names, self._indexes)}
        return {f"{self._names[0]}.shares": shares, **inputs}

    def _present(
        self, batch: Batch, fields: int
    ) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        """Instances that have a value: of each list that has some, the field's index, where the
        first is and the last ends.
        """
        ends = np.append(batch.starts[1:], len(batch.fids))
        missing = batch.missing[batch.starts]
        for i in range(len(batch.starts) // fields):
            at = [i * fields + index for index in self._indexes]
            spans = [
                (index, batch.starts[a], ends[a])
                for index, a in zip(self._indexes, at)
                if not missing[a]
            ]
            if not missing[at[0]]:
                yield i, spans

    def _scores(self, target: np.ndarray, values: np.ndarray) -> np.ndarray:
        if not self._layers:
            return values @ target / np.sqrt(self._k)
        x = np.hstack([np.broadcast_to(target, values.shape), values, target * values])
        (weight, bias), (out, out_bias) = self._layers
        return (np.maximum(x @ weight + bias, 0) @ out + out_bias)[:, 0]
