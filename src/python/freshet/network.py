"""The dense parts of the kinds of models: from the embeddings of all fields to a term of the logit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Network = Callable[[np.ndarray], np.ndarray]  # of embeddings [n, fields * k] the term [n]
Map = Callable[[np.ndarray], np.ndarray]  # row by row


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


def nothing(shape: Shape) -> Network:
    return lambda x: np.zeros(len(x))


def cross_and_deep(shape: Shape) -> Network:
    """Cross layers (DCN-V2) and hidden ReLU layers, in parallel or stacked, with output units."""
    inputs, hidden = shape.inputs, shape.hidden
    of = _mixture if shape.size("low-rank") else _full
    cross = [of(shape, f"cross.{i}") for i in range(shape.model.get("cross_layers", 0))]
    stacked = bool(shape.size("stacked") and hidden)
    deep = shape.relu("deep", inputs, hidden)
    deep_out = shape.linear("deep.out", hidden[-1], 1) if hidden else None
    cross_out = shape.linear("cross.out", inputs, 1) if cross and not stacked else None

    def forward(x: np.ndarray) -> np.ndarray:
        crossed = x
        for layer in cross:
            crossed = x * layer(crossed) + crossed
        logit = np.zeros((len(x), 1))
        if deep_out:
            logit = logit + deep_out(deep(crossed if stacked else x))
        if cross_out:
            logit = logit + cross_out(crossed)
        return logit[:, 0]

    return forward


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
        gates = gate(x)
        gates = np.exp(gates - gates.max(1, keepdims=True))
        gates = gates / gates.sum(1, keepdims=True)
        mixed = [
            gates[:, e : e + 1] * np.tanh(core(part))
            for e, (core, part) in enumerate(zip(cores, parts))
        ]
        return up(np.concatenate(mixed, axis=1))

    return forward
