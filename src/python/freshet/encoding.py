"""From raw features to occurrences: (feature id, value) pairs, as the learner encodes them.

A feature id (fid) is 64 bits: the field's number in the high 12, a hash of the value in the low 52.
There 0 says that the field is missing, 1 carries a number, 2 to 9 are the number's knots, and those
from 16 on are the components of a vector.
"""

from __future__ import annotations

import base64
import bisect
import itertools
import math
import re
import struct
import time as clock
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Union

import numpy as np

from .errors import FeatureError, SnapshotError
from .histories import Histories
from .xxh3 import xxh3_64

MAX_OCCURRENCES = 4096  # of one instance, the bias included

_SEED = 0x46726573686574
_FRACTION = 0x6672616374696F6E
_VALUE_BITS = 52
_VALUE_MASK = (1 << _VALUE_BITS) - 1
_MAX_FLOAT = float(np.finfo(np.float32).max)
_NUMBER_TEXT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_MAX_NUMBER_TEXT = 64
_MOST = 1e15  # numbers beyond it count as it
_CLIP, _REACH, _KNOTS = 3.0, 2.5, 8
_FIRST_COMPONENT = 16

if TYPE_CHECKING:
    Value = Union[str, int, float, bool]
    Occurrence = tuple[int, float]  # feature id and value
    Encode = Callable[[list[Value]], list[Occurrence]]
    Scale = tuple[float, float, float]  # unit, mean, deviation


@dataclass(frozen=True)
class Batch:
    """The occurrences of n instances over F fields, those of an instance's field in a row.

    fids: int64 [occurrences]; values: float64 [occurrences], each the value of a float32;
    starts: int64 [n * F]; the occurrences of instance i's field f begin at starts[i * F + f];
    own: bool [occurrences]; whether the row is the field's own, and not of the field it shares.
    """

    fids: np.ndarray
    values: np.ndarray
    starts: np.ndarray
    own: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """bool [occurrences]; whether it says that its field is missing."""
        return self.fids.view(np.uint64) & np.uint64(_VALUE_MASK) == 0


class Encoder:
    """Encodes instances for the fields of a schema.

    numbers: by field number (unit, mean, deviation) of each of its numbers, as gauge.numbers has
    them; None for a model from before format 1.2, which takes numbers as their transforms make them.
    """

    def __init__(
        self,
        fields: Sequence[Mapping],
        numbers: Mapping[int, Sequence[Scale]] | None,
        histories: Histories | None = None,
    ) -> None:
        self._names = [field["name"] for field in fields]
        self._plain = {
            f["name"]: _encode(f, numbers)
            for f in fields
            if f["kind"] not in ("cross", "multi", "parallel", "sequence", "vector")
        }
        kinds = {"multi": _Multi, "sequence": _Sequence}
        self._lists = {f["name"]: kinds[f["kind"]](f) for f in fields if f["kind"] in kinds}
        sequences = {f["name"]: f for f in fields if f["kind"] == "sequence"}
        for f in fields:
            if f["kind"] == "parallel":
                self._lists[f["name"]] = _Parallel(f, sequences[f["along"]])
        self._vectors = {f["name"]: _Vector(f, numbers) for f in fields if f["kind"] == "vector"}
        self._most = MAX_OCCURRENCES + sum(f["size"] for f in fields if f["kind"] == "vector")
        self._missing = {f["name"]: [(f["number"] << _VALUE_BITS, 1.0)] for f in fields}
        numbers_of = {f["name"]: f["number"] for f in fields}
        self._owners = [numbers_of.get(_owner(f)) for f in fields]
        self._crosses = {f["name"]: (f["number"], f["of"]) for f in fields if f["kind"] == "cross"}
        self._filled = {f["name"]: f for f in fields if f.get("history")}
        self._histories = histories or Histories.empty()

    def encode(
        self, instances: Sequence[Mapping[str, Any]], first: int = 0, time: float | None = None
    ) -> Batch:
        """The occurrences of the instances; a FeatureError names the instance and the feature.

        time: as of which sequences are filled, in seconds since 1970; now by default.
        """
        millis = int((clock.time() if time is None else time) * 1000)
        fids: list[int] = []
        values: list[float] = []
        starts: list[int] = []
        own: list[bool] = []
        for i, features in enumerate(instances, first):
            try:
                fields = self._encode_one(features, millis)
            except FeatureError as e:
                raise FeatureError(f"instances[{i}].{e}") from None
            for owner, occurrences in zip(self._owners, fields):
                starts.append(len(fids))
                for fid, value in occurrences:
                    is_own = owner is None or fid & _VALUE_MASK == 0  # the missing value's is
                    fids.append(fid if is_own else _fid(owner, fid))
                    values.append(value)
                    own.append(is_own)
        return Batch(
            np.array(fids, np.uint64).view(np.int64),
            np.array(values, np.float64),
            np.array(starts, np.int64),
            np.array(own, bool),
        )

    def _encode_one(self, features: Mapping[str, Any], millis: int) -> list[list[Occurrence]]:
        if not isinstance(features, Mapping):
            raise FeatureError(f"features: {features!r}; expected a dict of features by name")
        done = {}
        for name, encode in self._plain.items():
            values, is_list = _values(name, features.get(name))
            if is_list and values:
                raise FeatureError(f"features.{name} is a list; expected one value, or kind: multi")
            try:
                done[name] = encode(values) if values else self._missing[name]
            except FeatureError as e:
                raise FeatureError(f"features.{name} {e}") from None
        for name, several in self._lists.items():
            done[name] = several.encode(features) or self._missing[name]
        for name, field in self._filled.items():
            user = done[field["history"]["field"]][0][0] & _VALUE_MASK
            if done[name] is self._missing[name] and user != 0:
                done[name] = self._fill(field, user, millis) or self._missing[name]
        for name, vector in self._vectors.items():
            done[name] = vector.encode(features.get(name)) or self._missing[name]
        count = 1 + sum(_plain_count(occurrences) for occurrences in done.values())
        count += sum(math.prod(len(done[part]) for part in of) for _, of in self._crosses.values())
        if count > self._most:
            raise FeatureError(
                f"features: make {count} occurrences, crosses included;"
                f" at most {self._most} are allowed"
            )
        for name, (number, of) in self._crosses.items():
            done[name] = _cross(number, [done[part] for part in of])
        return [done[name] for name in self._names]


    def _fill(self, field: Mapping, user: int, millis: int) -> list[Occurrence]:
        values = self._histories.last(field, user, millis, _most(field))
        share = _float(1 / max(1, len(values)))
        return [(_fid(field["number"], value), share) for value in values]


def value_hash(value: Value) -> int:
    """The 64-bit hash of a value; 5, 5.0 and "5" have one."""
    if isinstance(value, float) and not value.is_integer():
        return xxh3_64(struct.pack("<Qd", _FRACTION, value), _SEED)
    return _text_hash(value_text(value))


def value_text(value: Value) -> str:
    """The text of a value without a fraction."""
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(int(value))


@lru_cache(maxsize=1 << 16)
def _text_hash(text: str) -> int:
    try:
        utf8 = text.encode()
    except UnicodeEncodeError:  # as in Java, a lone surrogate counts as U+FFFD
        utf8 = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    return xxh3_64(utf8, _SEED)


@lru_cache(maxsize=1 << 16)
def _mix(first: int, second: int) -> int:
    return xxh3_64(struct.pack("<QQ", first, second), _SEED)


def _fid(number: int, value: int) -> int:
    return number << _VALUE_BITS | value & _VALUE_MASK


def _float(value: float) -> float:
    """The nearest float32."""
    return float(np.float32(value))


def _values(name: str, raw: Any) -> tuple[list[Value], bool]:
    """The values of a feature, none where it is missing; and whether they came as a list."""
    if isinstance(raw, np.ndarray):
        raw = raw.tolist()
    is_list = isinstance(raw, (list, tuple, set, frozenset))
    elements = list(raw) if is_list else [raw]
    return [_checked(name, e) for e in elements if e is not None], is_list


def _checked(name: str, value: Any) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float)) and _in_range(value):
        return value
    raise FeatureError(
        f"features.{name}: {value!r} ({type(value).__name__}); expected a string, a boolean"
        " or a number within the range of a float"
    )


def _in_range(number: float) -> bool:
    try:
        return abs(float(number)) <= _MAX_FLOAT
    except OverflowError:  # an int beyond any float
        return False


def _encode(field: Mapping, numbers: Mapping[int, Sequence[Scale]] | None) -> Encode:
    """How the values of a field become its occurrences."""
    number, kind = field["number"], field["kind"]
    if kind == "categorical":
        return lambda values: [(_fid(number, value_hash(values[0])), 1.0)]
    if kind != "numeric":
        raise SnapshotError(
            f'field {field["name"]} is of kind "{kind}", unknown here;'
            " expected categorical, multi, numeric, sequence, parallel, vector or cross"
        )
    transform = field["transform"]
    if transform["kind"] == "buckets":
        bounds = transform["bounds"]
        return lambda values: [
            (_fid(number, value_hash(bisect.bisect_right(bounds, _number(values[0])))), 1.0)
        ]
    before = _before(field["name"], transform)
    if numbers is not None:
        scale = numbers[number][0]
        return lambda values: _standardized(number, before(_number(values[0])), scale)
    after = _log if transform["kind"] == "log" else float
    return lambda values: [(_fid(number, 1), _float(after(before(_number(values[0])))))]


def _owner(field: Mapping) -> str | None:
    """The field whose rows it has, if they are not its own."""
    return field.get("of") if field["kind"] in ("sequence", "parallel") else field.get("shares")


class _Sequence:
    """The last values of another field, newest first."""

    def __init__(self, field: Mapping) -> None:
        self._name, self._number = field["name"], field["number"]
        pooling = field["pooling"]
        if pooling not in ("mean", "last", "attention"):
            raise SnapshotError(f'field {self._name} has the pooling "{pooling}", unknown here')
        self._most = _most(field)

    def encode(self, features: Mapping[str, Any]) -> list[Occurrence]:
        values = _values(self._name, features.get(self._name))[0][: self._most]
        return [(_fid(self._number, value_hash(v)), _float(1 / len(values))) for v in values]


def _most(sequence: Mapping) -> int:
    return 1 if sequence["pooling"] == "last" else sequence["length"]


class _Parallel:
    """A list that runs along a sequence."""

    def __init__(self, field: Mapping, sequence: Mapping) -> None:
        self._name, self._number, self._along = field["name"], field["number"], field["along"]
        self._most = _most(sequence)
        self._is_log = field.get("log", False)

    def encode(self, features: Mapping[str, Any]) -> list[Occurrence]:
        values = _values(self._name, features.get(self._name))[0]
        count = len(_values(self._along, features.get(self._along))[0])
        if values and len(values) != count:
            raise FeatureError(
                f"features.{self._name} holds {len(values)} values, and {self._along} {count};"
                " expected one for each"
            )
        values = values[: self._most]
        share = _float(1 / max(1, len(values)))
        return [
            (_fid(self._number, self._power(v, i) if self._is_log else value_hash(v)), share)
            for i, v in enumerate(values)
        ]

    def _power(self, value: Value, at: int) -> int:
        """Of the power of two."""
        try:
            x = _number(value)
        except FeatureError:
            raise FeatureError(
                f"features.{self._name} holds what is no number at [{at}];"
                " expected a list of numbers"
            ) from None
        power = math.frexp(1 + abs(x))[1] - 1
        return value_hash(-power if x < 0 else power)


class _Vector:
    """A vector: each component has a row, and occurs with its standardized number over √n."""

    def __init__(self, field: Mapping, numbers: Mapping[int, Sequence[Scale]] | None) -> None:
        self._name, self._size = field["name"], field["size"]
        self._is_text = field.get("encoding") == "base64"
        first = _fid(field["number"], _FIRST_COMPONENT)
        self._fids = list(range(first, first + self._size))
        self._factor = float(np.float32(1 / math.sqrt(self._size)))
        scales = None if numbers is None else np.array(numbers[field["number"]])
        self._scales = None if scales is None else (scales[:, 1], scales[:, 2])

    def encode(self, raw: Any) -> list[Occurrence]:
        if raw is None or isinstance(raw, (list, tuple)) and not raw:
            return []
        if self._is_text and isinstance(raw, str):
            components = self._decoded(raw)
        else:
            components = self._checked(raw)
        x = components.astype(np.float32).astype(np.float64)
        if self._scales is not None:
            mean, deviation = self._scales
            z = (x - mean) / np.where(deviation > 0, deviation, 1)
            x = self._factor * np.where(deviation > 0, np.clip(z, -_CLIP, _CLIP), 0)
        return list(zip(self._fids, x.astype(np.float32).astype(np.float64).tolist()))

    def _checked(self, raw: Any) -> np.ndarray:
        values, _ = _values(self._name, raw)
        self._check_length(len(values), "numbers")
        for i, value in enumerate(values):
            if isinstance(value, (str, bool)):
                raise self._refused(f"holds what is no number at [{i}]; expected a list of numbers")
        return np.array(values, np.float64)

    def _decoded(self, text: str) -> np.ndarray:
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except ValueError:
            raise self._refused("is no base64") from None
        if len(data) % 4:
            raise self._refused(f"holds {len(data)} bytes; expected 4 for each number")
        floats = np.frombuffer(data, "<f4")
        self._check_length(len(floats), "floats")
        for i in np.flatnonzero(~np.isfinite(floats))[:1]:
            raise self._refused(f"holds {_java(floats[i])} at [{i}]; expected finite numbers")
        return floats

    def _check_length(self, length: int, of: str) -> None:
        if length != self._size:
            raise self._refused(f"holds {length} {of}; expected {self._size}")

    def _refused(self, fault: str) -> FeatureError:
        return FeatureError(f"features.{self._name} {fault}")


def _java(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


class _Multi:
    """The values of a multi field: each counts as often as its weight says, 1 where none does."""

    def __init__(self, field: Mapping) -> None:
        self._name, self._number = field["name"], field["number"]
        self._weights = field.get("weights", "")
        combiner = field.get("combiner", "mean")
        norm = {"mean": _magnitude, "sum": lambda _: 1.0, "sqrtn": _length}.get(combiner)
        if norm is None:
            raise SnapshotError(f'field {self._name} has the combiner "{combiner}", unknown here')
        self._norm = norm

    def encode(self, features: Mapping[str, Any]) -> list[Occurrence]:
        raw = features.get(self._name)
        weights = _values(self._weights, features.get(self._weights))[0] if self._weights else []
        if isinstance(raw, Mapping):
            if weights:
                raise FeatureError(
                    f"features.{self._name} holds weights of its own; expected no {self._weights}"
                )
            given = {_key(value): w for value, w in raw.items() if w is not None}
            weights = [self._weight(value, w) for value, w in given.items()]
            values: list[Value] = list(given)
        else:
            values = _values(self._name, raw)[0]
            if weights and len(weights) != len(values):
                raise FeatureError(
                    f"features.{self._name} holds {len(values)} values, and {self._weights}"
                    f" {len(weights)} weights; expected one of each"
                )
            if any(isinstance(w, (str, bool)) for w in weights):
                raise FeatureError(
                    f"features.{self._weights} holds what is no number;"
                    f" expected the weights of {self._name}"
                )
            weights = [float(w) for w in weights] or [1.0] * len(values)
        norm = self._norm(weights)
        return [
            (_fid(self._number, value_hash(value)), _float(weight / norm))
            for value, weight in zip(values, weights)
            if weight != 0
        ]

    def _weight(self, value: str, weight: Any) -> float:
        if isinstance(weight, np.generic):
            weight = weight.item()
        is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not is_number or not _in_range(weight):
            raise FeatureError(
                f"features.{self._name}.{value}: {weight}; expected a weight,"
                " a number within the range of a float"
            )
        return float(weight)


def _key(value: Any) -> str:
    return value if isinstance(value, str) else value_text(value)


def _magnitude(weights: Sequence[float]) -> float:
    return sum(abs(w) for w in weights)


def _length(weights: Sequence[float]) -> float:
    return math.sqrt(sum(w * w for w in weights))


def _before(name: str, transform: Mapping) -> Callable[[float], float]:
    """From an event's number to the one that is standardized: a float32 within ±1e15."""
    kind = transform["kind"]
    if kind == "standardize":
        mean, deviation = transform["mean"], transform["deviation"]
        return lambda x: _float(_clip((x - mean) / deviation, _MOST))
    if kind in ("auto", "identity", "log"):
        return lambda x: _float(_clip(x, _MOST))
    raise SnapshotError(f'field {name} has the transform "{kind}", unknown here')


def _number(value: Value) -> float:
    if not isinstance(value, str):
        return float(value)
    if len(value) > _MAX_NUMBER_TEXT or not _NUMBER_TEXT.fullmatch(value):
        raise FeatureError("is a string; expected a number")
    if not _in_range(float(value)):
        raise FeatureError("is beyond the range of a float, ±3.4e38")
    return float(value)


def _standardized(number: int, x: float, scale: Scale) -> list[Occurrence]:
    """The number's own row with its standardized value z, and the two knots that z lies between."""
    unit, mean, deviation = scale
    t = _log(unit * x) if unit > 0 else x
    z = _clip((t - mean) / deviation, _CLIP) if deviation > 0 else 0.0
    place = (_clip(z, _REACH) + _REACH) / (2 * _REACH) * (_KNOTS - 1)
    knot = min(int(place), _KNOTS - 2)
    return [
        (_fid(number, 1), _float(z)),
        (_fid(number, 2 + knot), _float(1 - (place - knot))),
        (_fid(number, 3 + knot), _float(place - knot)),
    ]


def _plain_count(occurrences: list[Occurrence]) -> int:
    """Occurrences before numbers are expanded, which the limit counts."""
    return 1 if (occurrences[0][0] & _VALUE_MASK) == 1 else len(occurrences)


def _cross(number: int, parts: list[list[Occurrence]]) -> list[Occurrence]:
    """Every combination of the parts' ids, mean-pooled."""
    combined = []
    for ids in itertools.product(*([fid for fid, _ in part] for part in parts)):
        mixed = ids[0]
        for fid in ids[1:]:
            mixed = _mix(mixed, fid)
        combined.append(_fid(number, mixed))
    share = _float(1 / len(combined))
    return [(fid, share) for fid in combined]


def _log(x: float) -> float:
    return math.copysign(math.log1p(abs(x)), x)


def _clip(x: float, bound: float) -> float:
    return max(-bound, min(bound, x))
