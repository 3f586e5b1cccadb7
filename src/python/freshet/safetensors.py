"""Reads safetensors files of which size and digest are known."""

from __future__ import annotations

import hashlib
import json
import mmap
from pathlib import Path

import numpy as np

from .errors import SnapshotError

_TYPES: dict[str, np.dtype] = {
    "I64": np.dtype("<i8"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
}
_MAX_HEADER = 1 << 20


def read(path: Path, size: int, sha256: str) -> dict[str, np.ndarray]:
    """The tensors by name, read-only views of the file in memory.

    Raises SnapshotError where the file is not what the manifest says, to the last bit.
    """
    try:
        with open(path, "rb") as file:
            found = file.seek(0, 2)
            if found != size or size < 10:
                raise SnapshotError(f"{path} has {found} bytes, the manifest says {size}")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as e:
        raise SnapshotError(f"{path} cannot be read: {e.strerror}") from e
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise SnapshotError(f"{path} has the sha256 {digest}, the manifest says {sha256}")
    return _tensors(path, data)


def _tensors(path: Path, data: mmap.mmap) -> dict[str, np.ndarray]:
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(_MAX_HEADER, len(data) - 8):
        raise SnapshotError(f"{path}: the header claims {length} bytes, in a file of {len(data)}")
    try:
        header = json.loads(data[8 : 8 + length])
        header.pop("__metadata__", None)
        return {name: _tensor(entry, 8 + length, data) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise SnapshotError(f"{path}: the header is not that of tensors: {e!r}") from e


def _tensor(entry: dict, start: int, data: mmap.mmap) -> np.ndarray:
    dtype = _TYPES[entry["dtype"]]
    shape = entry["shape"]
    begin, end = entry["data_offsets"]
    count = int(np.prod(shape, dtype=np.int64))
    if end - begin != count * dtype.itemsize or not 0 <= begin <= end <= len(data) - start:
        raise ValueError(f"a tensor of shape {shape} lies at {[begin, end]}")
    return np.frombuffer(data, dtype, count, start + begin).reshape(shape)
