"""A thin HTTP client of a Freshet server."""

from __future__ import annotations

import email.utils
import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .encoding import value_text
from .errors import ServerError
from .xxh3 import xxh3_64

_PASSING = (429, 503)  # refusals that a later request may not meet
_FIRST_PAUSE = 0.1  # seconds before the first repeat, where the server names none


@dataclass(frozen=True)
class Prediction:
    """Click probabilities float32 [n], in the order of the instances, and what scored them.

    model: the one that was asked, or of a split the one that it chose.
    tasks: of a model of several tasks the probabilities of each, by name; scores has the first's.
    """

    scores: np.ndarray
    version: str
    model: str
    tasks: Mapping[str, np.ndarray] = field(default_factory=dict)


class Client:
    """Asks one server for the scores of one model.

    A refusal of 429 or 503 is repeated after the server's Retry-After, else after pauses that
    double, at most `retries` times, if the whole takes less than `patience` seconds. `timeout` is
    of one attempt. Any other refusal is a ServerError with the server's message.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        timeout: float = 10,
        retries: int = 5,
        patience: float = 30,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(
                f"{url!r} is no URL of a server; expected one as http://localhost:8500"
            )
        self._url = url.rstrip("/")
        self._name = model
        self._model = urllib.parse.quote(model, safe="")
        self._timeout, self._retries, self._patience = timeout, retries, patience
        self._headers = dict(headers or {})

    def predict(
        self,
        instances: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any] | None = None,
        version: str | None = None,
    ) -> Prediction:
        """Scores instances (protocol v1), each a dict of features by name.

        shared: features that all instances have, unless they have their own.
        version: the one to be served, by name or checkpoint; another is refused with 404.
        """
        answer = self._post(self._v1("predict", version), _rows(instances, shared))
        return self._prediction(answer["predictions"], answer, answer)

    def explain(
        self,
        instances: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any] | None = None,
        version: str | None = None,
        task: str | None = None,
    ) -> tuple[Prediction, list[dict[str, Any]]]:
        """The same, and for each instance what the base and each field add to its logit.

        task: of a model of several the one whose logit is explained; the first without.
        """
        body = _rows(instances, shared)
        if task is not None:
            body["task"] = task
        answer = self._post(self._v1("explain", version), body)
        return self._prediction(answer["predictions"], answer, answer), answer["explanations"]

    def infer(
        self, instances: Sequence[Mapping[str, Any]], version: str | None = None
    ) -> Prediction:
        """Scores instances by the Open Inference Protocol (v2), as a tensor features_json."""
        features = [_json(features) for features in instances]
        tensor = {"name": "features_json", "datatype": "BYTES", "shape": [len(features)]}
        body = {"inputs": [{**tensor, "data": features}]}
        answer = self._post(f"/v2/models/{self._model}{_of(version)}/infer", body)
        outputs = answer["outputs"]
        scores = outputs[0]["data"]
        if len(outputs) > 1:  # one for each task; rows as those of v1
            names = [output["name"] for output in outputs]
            scores = [dict(zip(names, row)) for row in zip(*(o["data"] for o in outputs))]
        return self._prediction(scores, answer, answer.get("parameters", {}))

    def status(self) -> dict[str, Any]:
        """The version that is served, its event time and freshness, and the follower's state."""
        return self._request(f"/v1/models/{self._model}", None)

    def readiness(self) -> dict[str, Any]:
        """Whether the server is `ready`, and the `reason` where it is not. Is not repeated."""
        try:
            return self._attempt("/readyz", None)
        except urllib.error.HTTPError as e:
            body = _body(e)
            if e.code == 503 and "ready" in body:
                return body
            raise _refusal(e, body) from None

    def _prediction(
        self, scores: list[Any], answer: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> Prediction:
        model = parameters.get("scored_by", self._name)
        version = answer["model_version"]
        if scores and isinstance(scores[0], dict):
            tasks = {name: np.array([s[name] for s in scores], np.float32) for name in scores[0]}
            return Prediction(next(iter(tasks.values())), version, model, tasks)
        return Prediction(np.array(scores, np.float32), version, model)

    def _v1(self, verb: str, version: str | None) -> str:
        return f"/v1/models/{self._model}{_of(version)}:{verb}"

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        return self._request(path, _json(body).encode())

    def _request(self, path: str, body: bytes | None) -> dict[str, Any]:
        deadline = time.monotonic() + self._patience
        repeats = 0
        while True:
            try:
                return self._attempt(path, body)
            except urllib.error.HTTPError as e:
                refusal, pause = _refusal(e, _body(e)), _pause(e, repeats)
                late = time.monotonic() + pause > deadline
                if e.code not in _PASSING or repeats == self._retries or late:
                    raise refusal from None
            repeats += 1
            time.sleep(pause)

    def _attempt(self, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", **self._headers}
        request = urllib.request.Request(self._url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError:
            raise
        except (OSError, http.client.HTTPException) as e:
            reason = getattr(e, "reason", e)
            raise ServerError(None, f"{self._url}{path} did not answer: {reason}") from e
        except ValueError as e:
            raise ServerError(None, f"{self._url}{path} answered no JSON: {e}") from e


def split_place(split: str, value: str | int | bool) -> int:
    """The place of a value in a split, 0 to 9,999: models have them by their shares, in order."""
    return xxh3_64(f"{split}/{value_text(value)}".encode(), 0) % 10_000


def _of(version: str | None) -> str:
    return "" if version is None else "/versions/" + urllib.parse.quote(str(version), safe="")


def _rows(
    instances: Sequence[Mapping[str, Any]], shared: Mapping[str, Any] | None
) -> dict[str, Any]:
    body: dict[str, Any] = {} if shared is None else {"shared": {"features": shared}}
    body["instances"] = [{"features": features} for features in instances]
    return body


def _json(value: Any) -> str:
    """JSON; numbers that are not finite are refused with a ValueError, as JSON has none."""
    return json.dumps(value, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    """What JSON has for numpy's values and for sets."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(
        f"{value!r} ({type(value).__name__}); expected a string, a boolean, a number, or a list"
    )


def _body(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        body = json.load(error)
        return body if isinstance(body, dict) else {}
    except (OSError, ValueError):  # a proxy's page, or nothing
        return {}


def _refusal(error: urllib.error.HTTPError, body: Mapping[str, Any]) -> ServerError:
    return ServerError(error.code, str(body.get("error") or error.reason))


def _pause(error: urllib.error.HTTPError, repeats: int) -> float:
    """Seconds to wait: what Retry-After says, in seconds or as a date, else doubling pauses."""
    said = (error.headers.get("Retry-After") or "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return _FIRST_PAUSE * 2**repeats * random.uniform(0.5, 1)
