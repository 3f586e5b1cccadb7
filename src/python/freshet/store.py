"""The versions below a snapshot root: pointer, manifests, and the chain that loads a version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np

from . import documents, histories, safetensors
from .errors import SnapshotError
from .table import Changes

_VERSION = re.compile(r"[0-9a-f]{8}-[0-9]{10,18}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Pointer:
    """The current version, and why: reason is set where a person moved the pointer."""

    version: str
    reason: str | None
    pinned: bool
    left: tuple[str, ...]  # versions that a person moved the pointer away from


@dataclass(frozen=True)
class Manifest:
    """What a version is and which files hold it; json is the whole document."""

    json: Mapping[str, Any]
    version: str
    is_full: bool
    parent: str | None
    fields: list[Mapping[str, Any]]
    model: Mapping[str, Any]
    unknown_ids: Mapping[str, Any]
    dense: Mapping[str, Any]
    embeddings: list[Mapping[str, Any]]
    histories: list[Mapping[str, Any]]  # files of what users did; none where nothing is kept
    sampling_rate: float
    correction: str
    withheld: tuple[str, ...]  # why the gate withheld it; empty where it passed
    non_finite: tuple[int, ...]  # ids of rows with a value that is no finite number

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Manifest:
        rate = document["sampling_rate"]
        without = {"correction": "none" if rate == 1 else "log-odds"}  # in format 1.0
        manifest = cls(
            json=document,
            version=document["version"],
            is_full=document["kind"] == "full",
            parent=document.get("parent"),
            fields=document["schema"]["fields"],
            model=document["model"],
            unknown_ids=document["unknown_ids"],
            dense=document["dense"],
            embeddings=document["embeddings"],
            histories=document.get("histories", []),
            sampling_rate=rate,
            correction=(document.get("labels") or without)["correction"],
            withheld=tuple(document.get("withheld", ())),
            non_finite=tuple(document.get("non_finite", ())),
        )
        if manifest.is_full != (manifest.parent is None):
            raise ValueError(f"a {document['kind']} with the parent {manifest.parent}")
        return manifest

    def check_shape(self, parent: Manifest) -> None:
        """Checks that a delta has the shape of the version that it is added to."""
        if self.model != parent.model:
            raise SnapshotError(
                f"version {self.version} has the shape {self.model},"
                f" and its parent {parent.version} {parent.model}"
            )

    @property
    def width(self) -> int:
        """Floats of a row: w and the embedding."""
        return 1 + self.model["embedding_size"]

    @property
    def rows(self) -> int:
        return sum(file["rows"] for file in self.embeddings)


class Store:
    """A snapshot root: a folder, as a path or a file: URI."""

    def __init__(self, root: str | Path) -> None:
        parts = urlsplit(str(root))
        if len(parts.scheme) > 1 and parts.scheme != "file":
            raise SnapshotError(f"{root}: only folders are read here; copy or mount it")
        self.root = Path(unquote(parts.path) if parts.scheme == "file" else root)

    def pointer(self) -> Pointer | None:
        """What latest.json says; None before the first publication."""
        path = self.root / "latest.json"
        latest = documents.read(path)
        if latest is None:
            return None
        pin = documents.read(self.root / "pin.json") or {}
        try:
            version = latest["version"]
            left = tuple(one["version"] for one in latest.get("left", ()))
        except (KeyError, TypeError) as e:
            raise SnapshotError(f"{path} is no pointer: {e!r}") from e
        return Pointer(version, latest.get("reason"), pin.get("version") == version, left)

    def versions(self) -> list[str]:
        """The complete versions, by name: lineage by lineage, each by age."""
        try:
            folders = sorted(self.root.iterdir())
        except OSError as e:
            raise SnapshotError(f"{self.root} cannot be listed: {e.strerror}") from e
        return [f.name for f in folders if _VERSION.fullmatch(f.name) and self._has(f.name)]

    def manifest(self, version: str) -> Manifest:
        """What a version is; SnapshotError where there is none, or it is damaged."""
        manifest = self._manifest(version, "manifest.json")
        if manifest is None:
            raise SnapshotError(f"there is no version {version} in {self.root}")
        return manifest

    def chain(self, version: str, held: str | None = None) -> list[Manifest]:
        """The versions to apply for a version, oldest first.

        The deltas after the held version where that is the shorter way, otherwise the nearest full
        and the deltas after it. A version that was merged is a full as well as a delta.
        """
        deltas: list[Manifest] = []
        from_full: list[Manifest] = []
        rows, seen = 0, set()
        manifest = self.manifest(version)
        while True:
            if not from_full:
                full = manifest if manifest.is_full else self._merged(manifest.version)
                from_full = [full, *deltas] if full else []
            is_shorter = from_full and (held is None or rows > from_full[0].rows)
            if manifest.is_full or is_shorter:
                return from_full
            deltas.insert(0, manifest)
            if manifest.parent == held:
                return deltas
            if manifest.version in seen:
                raise SnapshotError(f"version {manifest.version} is its own ancestor")
            seen.add(manifest.version)
            if from_full and not self._has(str(manifest.parent)):
                return from_full
            rows += manifest.rows
            manifest = self._parent(manifest, str(manifest.parent))

    def changes(self, manifest: Manifest) -> list[Changes]:
        """The rows of a version's files, in their order."""
        return [self._changes(manifest, file) for file in manifest.embeddings]

    def histories(self, manifest: Manifest) -> list[histories.Changes]:
        """The histories of a version's files, in their order."""
        return [self._histories(manifest, file) for file in manifest.histories]

    def dense(self, manifest: Manifest) -> dict[str, np.ndarray]:
        """The tensors of the dense part and the gauge, by name."""
        path = self._path(manifest.version, manifest.dense["name"])
        tensors = safetensors.read(path, manifest.dense["size"], manifest.dense["sha256"])
        for name, tensor in tensors.items():
            if not np.isfinite(tensor).all():
                raise SnapshotError(
                    f'{path}: tensor "{name}" holds a value that is no finite number'
                )
        if manifest.non_finite:
            raise SnapshotError(
                f"version {manifest.version} holds values that are no numbers in"
                f" {len(manifest.non_finite)} rows, the first that of {manifest.non_finite[0]}"
            )
        return tensors

    def _changes(self, manifest: Manifest, file: Mapping[str, Any]) -> Changes:
        path = self._path(manifest.version, file["name"])
        tensors = safetensors.read(path, file["size"], file["sha256"])
        try:
            fids, rows = tensors["fids"], tensors["rows"]
        except KeyError as e:
            raise SnapshotError(f"{path}: there is no tensor {e}") from e
        expected = (file["rows"], manifest.width)
        if rows.shape != expected or fids.shape != expected[:1]:
            raise SnapshotError(f"{path} has rows of shape {rows.shape}, not {expected}")
        bad = fids[~np.isfinite(rows).all(1)]
        if not np.isin(bad, manifest.non_finite).all():
            raise SnapshotError(f"{path} holds a row with a value that is no finite number")
        return Changes(fids, rows, tensors.get("removed", np.empty(0, np.int64)))

    def _histories(self, manifest: Manifest, file: Mapping[str, Any]) -> histories.Changes:
        path = self._path(manifest.version, file["name"])
        tensors = safetensors.read(path, file["size"], file["sha256"])
        try:
            ids, lengths = tensors["ids"], tensors["lengths"]
            times, values = tensors["times"], tensors["values"]
        except KeyError as e:
            raise SnapshotError(f"{path}: there is no tensor {e}") from e
        actions = lengths.sum()
        if len(ids) != len(lengths) or not len(times) == len(values) == actions:
            raise SnapshotError(
                f"{path} has {len(ids)} ids, {len(lengths)} lengths of {actions} actions,"
                f" {len(times)} times and {len(values)} values"
            )
        removed = tensors.get("removed", np.empty(0, np.int64))
        return histories.Changes(ids, lengths, times, values, removed)

    def _parent(self, manifest: Manifest, version: str) -> Manifest:
        try:
            parent = self.manifest(version)
        except SnapshotError as e:
            raise SnapshotError(f"version {manifest.version} needs its parent: {e}") from e
        manifest.check_shape(parent)
        return parent

    def _merged(self, version: str) -> Manifest | None:
        """The version as a full, where it was merged into one and is a delta as well."""
        return self._manifest(version, "full.json")

    def _manifest(self, version: str, file: str) -> Manifest | None:
        path = self._path(version, file)
        document = documents.read(path)
        if document is None:
            return None
        try:
            manifest = Manifest.of(document)
        except (KeyError, TypeError, ValueError) as e:
            raise SnapshotError(f"{path} is no manifest: {e!r}") from e
        if manifest.version != version:
            raise SnapshotError(f"{path} calls itself version {manifest.version}")
        return manifest

    def _has(self, version: str) -> bool:
        return self._path(version, "manifest.json").exists()

    def _path(self, version: str, file: str) -> Path:
        if not _VERSION.fullmatch(version):
            raise SnapshotError(f'"{version}" is not the name of a version, as 3f9a1c07-0000000012')
        if not _FILE.fullmatch(file):
            raise SnapshotError(f'version {version} names the file "{file}", no plain file name')
        return self.root / version / file
