"""The rows of a version: weights [w, v_1 … v_k] by feature id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_START_DEVIATION = np.float32(0.01)


@dataclass(frozen=True)
class Changes:
    """What a file says: rows that it sets, and ids whose rows are gone.

    fids: int64 [n]; rows: float32 [n, 1 + k]; removed: int64 [m]
    """

    fids: np.ndarray
    rows: np.ndarray
    removed: np.ndarray


class Table:
    """Rows that never change: fids int64 [n], ascending; rows float32 [n, 1 + k]."""

    def __init__(self, fids: np.ndarray, rows: np.ndarray) -> None:
        self.fids = fids
        self.rows = rows

    @classmethod
    def empty(cls, width: int) -> Table:
        return cls(np.empty(0, np.int64), np.empty((0, width), np.float32))

    def __len__(self) -> int:
        return len(self.fids)

    def after(self, changes: Iterable[Changes]) -> Table:
        """The table after the changes, oldest first: of an id the last row or removal counts."""
        files = [Changes(self.fids, self.rows, np.empty(0, np.int64)), *changes]
        fids = np.concatenate([ids for f in files for ids in (f.fids, f.removed)])
        is_row = np.repeat(
            [True, False] * len(files), [len(ids) for f in files for ids in (f.fids, f.removed)]
        )
        order = np.argsort(fids, kind="stable")
        is_last = np.ones(len(fids), bool)
        is_last[:-1] = fids[order[1:]] != fids[order[:-1]]
        kept = order[is_last & is_row[order]]  # entries, by ascending id
        place = np.full(len(fids), -1)  # of each entry in the new table
        place[kept] = np.arange(len(kept))
        rows = np.empty((len(kept), self.rows.shape[1]), np.float32)
        at = 0
        for f in files:
            to = place[at : at + len(f.fids)]
            rows[to[to >= 0]] = f.rows[to >= 0]
            at += len(f.fids) + len(f.removed)
        return Table(fids[kept], rows)

    def lookup(self, fids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rows float32 [n, 1 + k] of ids int64 [n], and which of them are here, bool [n]."""
        rows = np.zeros((len(fids), self.rows.shape[1]), np.float32)
        if len(self.fids) == 0:
            return rows, np.zeros(len(fids), bool)
        at = np.minimum(np.searchsorted(self.fids, fids), len(self.fids) - 1)
        known = self.fids[at] == fids
        rows[known] = self.rows[at[known]]
        return rows, known


def start_rows(fids: np.ndarray, seed: int, k: int) -> np.ndarray:
    """The rows that training starts with, float32 [n, 1 + k]: SplitMix64 of (seed, fid).

    w is 0; a v is the sum of four uniform 16-bit numbers, of mean 0 and deviation .01.
    """
    rows = np.zeros((len(fids), 1 + k), np.float32)
    with np.errstate(over="ignore"):
        origin = _mix(_mix(np.array([seed % 2**64], np.uint64) + _GAMMA) ^ fids.view(np.uint64))
        for d in range(1, 1 + k):
            bits = _mix(origin + np.uint64(d) * _GAMMA)
            lanes = sum(bits >> np.uint64(s) & np.uint64(0xFFFF) for s in (0, 16, 32, 48))
            normal = (lanes.astype(np.float64) - 2 * 0xFFFF) / (2**16 / np.sqrt(3.0))
            rows[:, d] = _START_DEVIATION * normal.astype(np.float32)
    return rows


def _mix(x: np.ndarray) -> np.ndarray:
    x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return x ^ x >> np.uint64(31)
