"""Writes small snapshot roots, as a learner does."""

import hashlib
import json

import numpy as np

FIELDS = [
    {"kind": "categorical", "name": "user", "number": 1},
    {"kind": "numeric", "name": "price", "number": 2, "transform": {"kind": "auto"}},
]
TYPES = {"int64": "I64", "float32": "F32", "float64": "F64"}
WIDTH = 3


def version(n):
    return f"0badcafe-{n:010d}"


def full(n, rows, **changes):
    """A full of the rows {fid: number}, each number in all places of its row."""
    return {"n": n, "rows": rows, "kind": "full", "changes": changes}


def delta(n, rows, removed=(), parent=None, **changes):
    changes["parent"] = version(n - 1 if parent is None else parent)
    return {"n": n, "rows": rows, "removed": removed, "kind": "delta", "changes": changes}


def histories(root, n, number, users, removed=()):
    """Writes a file of histories {user's value: [(time, value)]}; returns what a manifest says."""

    def signed(value):
        return np.int64(np.uint64(number << 52 | value).astype(np.int64))

    by_id = sorted((signed(user), actions) for user, actions in users.items())
    actions = [action for _, each in by_id for action in each]
    folder = root / version(n)
    folder.mkdir(parents=True)
    tensors = {
        "ids": np.array([id_ for id_, _ in by_id], np.int64),
        "lengths": np.array([len(each) for _, each in by_id], np.int64),
        "times": np.array([time for time, _ in actions], np.int64),
        "values": np.array([value for _, value in actions], np.int64),
        "removed": np.array(sorted(signed(user) for user in removed), np.int64),
    }
    file = write(folder / "histories.safetensors", tensors)
    return {**file, "histories": len(by_id), "actions": len(actions)}


def publish(root, *versions, dense=None):
    """Writes the versions, and points to the last."""
    for one in versions:
        folder = root / version(one["n"])
        folder.mkdir(parents=True, exist_ok=True)
        fids = np.array(sorted(one["rows"]), np.int64)
        rows = np.array([[one["rows"][fid]] * WIDTH for fid in fids], np.float32)
        tensors = {"fids": fids, "updates": 0 * fids, "rows": rows.reshape(-1, WIDTH)}
        if one.get("removed"):
            tensors["removed"] = np.array(one["removed"], np.int64)
        document = {
            "format": "1.3",
            "kind": one["kind"],
            "version": version(one["n"]),
            "model": {"kind": "fm", "embedding_size": WIDTH - 1, "hidden_layers": []},
            "schema": {"fields": FIELDS},
            "unknown_ids": {"rule": "zero", "seed": 1},
            "dense": write(folder / "dense.safetensors", dense or {}),
            "embeddings": [{**write(folder / "rows.safetensors", tensors), "rows": len(fids)}],
            "sampling_rate": 1.0,
            **one["changes"],
        }
        (folder / "manifest.json").write_text(json.dumps(document))
    point_to(root, versions[-1]["n"])


def point_to(root, n):
    (root / "latest.json").write_text(json.dumps({"format": "1.3", "version": version(n)}))


def write(path, tensors):
    """Writes tensors as safetensors; returns what a manifest says of the file."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        entry = {"dtype": TYPES[str(tensor.dtype)], "shape": tensor.shape}
        header[name] = {**entry, "data_offsets": [len(data), len(data) + tensor.nbytes]}
        data += tensor.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return describe(path)


def describe(path):
    data = path.read_bytes()
    return {"name": path.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
