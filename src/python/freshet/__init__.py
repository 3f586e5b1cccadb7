"""Scores with the snapshots of a Freshet learner, and asks a Freshet server.

model = freshet.load("freshet-demo/snapshots")
model.score([{"user": "u17", "item": "i4"}])

follower = freshet.Follower("freshet-demo/snapshots")  # follower.refresh() now and then
follower.model.score([{"user": "u17", "item": "i4"}])

client = freshet.Client("http://localhost:8500", "ctr")
client.predict([{"user": "u17", "item": "i4"}])
"""

from .client import Client, Prediction, split_place
from .errors import FeatureError, FreshetError, ServerError, SnapshotError
from .follow import Follower, load
from .mixture import Parts
from .model import Model
from .store import Manifest, Pointer, Store

__all__ = [
    "Client",
    "FeatureError",
    "Follower",
    "FreshetError",
    "Manifest",
    "Model",
    "Parts",
    "Pointer",
    "Prediction",
    "ServerError",
    "SnapshotError",
    "Store",
    "load",
    "split_place",
]
