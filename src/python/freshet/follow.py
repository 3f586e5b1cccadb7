"""Loads versions, and follows the pointer of a root."""

from __future__ import annotations

from pathlib import Path

from .errors import SnapshotError
from .histories import Histories, published_as
from .model import Model
from .store import Pointer, Store
from .table import Table


def load(root: str | Path, version: str | None = None) -> Model:
    """A version of a root, the current one by default; every size and digest is checked."""
    store = Store(root)
    return _load(store, version or _pointer(store).version, None)


class Follower:
    """Keeps the current version of a root: the newest published, the pinned one, or the one that a
    person rolled back to. Looks when refresh is called, and when it is made.

    The pointer is replaced atomically, so a refresh sees one version or the next. If it fails, the
    model is still the one before.
    """

    def __init__(self, root: str | Path) -> None:
        self.store = Store(root)
        self.pointer = _pointer(self.store)
        self.model = _load(self.store, self.pointer.version, None)

    def refresh(self) -> bool:
        """Loads what the pointer names; True if that is another version than before.

        A version that builds on the one held is reached by its deltas, any other from its full.
        """
        pointer = _pointer(self.store)
        is_other = pointer.version != self.model.version
        if is_other:
            self.model = _load(self.store, pointer.version, self.model)
        self.pointer = pointer
        return is_other


def _pointer(store: Store) -> Pointer:
    pointer = store.pointer()
    if pointer is None:
        raise SnapshotError(f"{store.root} has no latest.json: nothing has been published there")
    return pointer


def _load(store: Store, version: str, held: Model | None) -> Model:
    chain = store.chain(version, held.version if held else None)
    newest = chain[-1]
    base, users, before = Table.empty(newest.width), Histories.empty(), chain[0]
    if held is not None and not chain[0].is_full:
        chain[0].check_shape(held.manifest)
        base, users, before = held.table, held.histories, held.manifest
    dense = store.dense(newest)
    table = base.after(changes for manifest in chain for changes in store.changes(manifest))
    for manifest in chain:
        if published_as(manifest.fields) != published_as(before.fields):
            users = Histories.empty()
        if manifest.histories:
            users = users.after(store.histories(manifest))
        before = manifest
    return Model(newest, table, dense, users)
