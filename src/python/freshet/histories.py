"""What users did last, as the learner keeps it: fills the sequences that an instance lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_VALUE_BITS = 52
_VALUE_MASK = (1 << _VALUE_BITS) - 1


@dataclass(frozen=True)
class Changes:
    """What a file says: histories that it sets, and ids of those that are over.

    All int64. ids, lengths [n]; times (epoch milliseconds) and values of the actions of all,
    history by history, each oldest first.
    """

    ids: np.ndarray
    lengths: np.ndarray
    times: np.ndarray
    values: np.ndarray
    removed: np.ndarray


class Histories:
    """The histories of a version, which never change: times and values of actions by id."""

    def __init__(self, by_id: Mapping[int, tuple[np.ndarray, np.ndarray]]) -> None:
        self._by_id = by_id

    @classmethod
    def empty(cls) -> Histories:
        return cls({})

    def __len__(self) -> int:
        return len(self._by_id)

    def after(self, changes: Iterable[Changes]) -> Histories:
        """Those after the changes, oldest first."""
        by_id = dict(self._by_id)
        for file in changes:
            ends = np.cumsum(file.lengths)
            for id_, first, end in zip(file.ids.tolist(), ends - file.lengths, ends):
                by_id[id_] = (file.times[first:end], file.values[first:end])
            for id_ in file.removed.tolist():
                by_id.pop(id_, None)
        return Histories(by_id)

    def last(self, field: Mapping[str, Any], user: int, time: int, most: int) -> list[int]:
        """What a sequence of a user's holds at a time: low bits of ids, the newest first."""
        id_ = field["number"] << _VALUE_BITS | user & _VALUE_MASK
        signed = id_ - (1 << 64) if id_ >= 1 << 63 else id_
        if signed not in self._by_id:
            return []
        times, values = self._by_id[signed]
        since = time - field["history"]["expire_after"]
        counting = values[(times < time) & (times >= since)]
        return counting[::-1][:most].tolist()


def published_as(fields: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Which sequences are filled, and whose actions fill them: histories of another count no more."""
    filled = [f for f in fields if f.get("history")]
    return [sorted(f["number"] for f in filled), [f["history"]["field"] for f in filled[:1]]]
