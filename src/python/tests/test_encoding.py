"""Hashes and the encoding of features."""

import base64
import unittest

import numpy as np

from freshet import FeatureError
from freshet.encoding import Encoder, value_hash
from freshet.xxh3 import xxh3_64

SEED = 0x46726573686574
FIELDS = [
    {"kind": "categorical", "name": "user", "number": 1},
    {"kind": "multi", "name": "genres", "number": 2},
    {"kind": "numeric", "name": "price", "number": 3, "transform": {"kind": "auto"}},
    {"kind": "cross", "name": "both", "number": 4, "of": ["user", "genres"]},
    {
        "kind": "numeric",
        "name": "age",
        "number": 5,
        "transform": {"kind": "buckets", "bounds": [18, 30]},
    },
]
# Of bytes i * 7 % 251, by number of bytes; from the reference implementation.
HASHES = {
    0: 0xDEA8DAF603D6C7B8,
    2: 0x3C5BA5F8759182F1,
    6: 0x4248E1878CA0DA4B,
    12: 0x8CB3DA67BA1D0B78,
    16: 0x0B630E76656D3520,
    40: 0x9EB66AE849926F33,
    100: 0x3E286E686387E273,
    128: 0x25D52EE0F9A75929,
    129: 0xDFA442A409A5F9B4,
    200: 0xE1CAFDB9C50E7E36,
    240: 0x8A322B9EE2EFD5B6,
    241: 0x4BC43A36CFFE9E26,
    1024: 0x903283906A5AA19E,
    3000: 0x7E7C0A845BD5CA2E,
}


class HashTest(unittest.TestCase):
    def test_hashes_of_each_length_are_the_references(self):
        for n, expected in HASHES.items():
            data = bytes(i * 7 % 251 for i in range(n))
            self.assertEqual(xxh3_64(data, SEED), expected, n)

    def test_a_whole_number_and_its_text_are_one_value(self):
        self.assertEqual(len({value_hash(v) for v in (5, 5.0, "5")}), 1)
        self.assertEqual(len({value_hash(v) for v in (0, -0.0, "0")}), 1)
        self.assertEqual(value_hash(True), value_hash("true"))
        self.assertNotEqual(value_hash(0.1), value_hash("0.1"))

    def test_a_lone_surrogate_counts_as_the_replacement_character(self):
        self.assertEqual(value_hash("a\ud800b"), value_hash("a\ufffdb"))
        self.assertEqual(value_hash("\ud83d\ude00"), value_hash("\U0001f600"))


class EncoderTest(unittest.TestCase):
    def setUp(self):
        self.encoder = Encoder(FIELDS, {3: [(0.0, 1.0, 2.0)]})

    def encode(self, *instances):
        return self.encoder.encode(instances)

    def test_missing_null_and_empty_are_one(self):
        batch = self.encode({}, {"user": None, "genres": [], "price": [None]})
        fields = [f["number"] << 52 for f in FIELDS if f["name"] != "both"]
        self.assertEqual(batch.fids[batch.starts[[0, 1, 2, 4]]].tolist(), fields)
        np.testing.assert_array_equal(batch.fids[:5], batch.fids[5:])

    def test_a_number_has_its_row_and_two_knots(self):
        batch = self.encode({"price": 2.5})
        at = batch.starts[2]
        self.assertEqual((batch.fids[at : at + 3] & 0xF).tolist(), [1, 6, 7])
        np.testing.assert_allclose(batch.values[at : at + 3], [0.75, 0.45, 0.55], rtol=1e-6)

    def test_text_booleans_and_numpy_values_are_numbers_too(self):
        same = [2.5, "2.5", "+25e-1", np.float64(2.5)], [1, True, np.int32(1), "1."]
        for values in same:
            batch = self.encode(*({"price": v} for v in values))
            for part in batch.fids, batch.values:
                parts = part.reshape(len(values), -1)
                np.testing.assert_array_equal(parts, parts[[0] * len(values)])

    def test_values_of_a_list_count_equally_and_cross(self):
        batch = self.encode({"user": "u1", "genres": np.array(["x", "y"])})
        self.assertEqual(batch.values.tolist(), [1, 0.5, 0.5, 1, 0.5, 0.5, 1])

    def test_a_vector_is_its_standardized_numbers(self):
        field = {"kind": "vector", "name": "v", "number": 6, "size": 4, "encoding": "base64"}
        scales = [(0.0, 1.0, 0.5), (0.0, 0.0, 1.0), (0.0, 0.0, 0.1), (0.0, 0.0, 0.0)]
        encoder = Encoder([field], {6: scales})
        numbers = np.array([1.5, -1, 9, 2], np.float32)
        text = base64.b64encode(numbers.tobytes()).decode()
        batch = encoder.encode([{"v": numbers}, {"v": numbers.tolist()}, {"v": text}, {"v": []}])
        np.testing.assert_allclose(batch.values, [0.5, -0.5, 1.5, 0] * 3 + [1], rtol=1e-7)
        self.assertEqual((batch.fids[:4] & 0xFF).tolist(), [16, 17, 18, 19])
        self.assertEqual(int(batch.fids[-1]), 6 << 52)
        with self.assertRaises(FeatureError) as raised:
            encoder.encode([{"v": numbers[:3]}])
        message = "instances[0].features.v holds 3 numbers; expected 4"
        self.assertEqual(str(raised.exception), message)

    def test_values_count_by_their_weights(self):
        for combiner, norm in ("mean", 4), ("sum", 1), ("sqrtn", 10**0.5):
            field = {**FIELDS[1], "combiner": combiner, "weights": "scores"}
            encoder = Encoder([field], None)
            batch = encoder.encode(
                [
                    {"genres": {"x": 3, "none": 0, "y": -1.0}},
                    {"genres": ["x", "y"], "scores": (3, np.float32(-1))},
                ]
            )
            np.testing.assert_allclose(batch.values, [3 / norm, -1 / norm] * 2, rtol=1e-7)
            self.assertEqual(batch.fids[:2].tolist(), batch.fids[2:].tolist())

    def test_what_no_field_holds_is_refused_with_its_place(self):
        refused = {
            "instances[1].features.price is a string; expected a number": {"price": "cheap"},
            "instances[1].features.price is beyond the range of a float, ±3.4e38": {
                "price": "1e99"
            },
            "instances[1].features.user is a list; expected one value, or kind: multi": {
                "user": ["u1"]
            },
            "instances[1].features.user: nan (float); expected a string, a boolean or a number"
            " within the range of a float": {"user": float("nan")},
            "instances[1].features.genres: {} (dict); expected a string, a boolean or a number"
            " within the range of a float": {"genres": ["x", {}]},
            "instances[1].features: make 6004 occurrences, crosses included;"
            " at most 4096 are allowed": {"genres": list(range(3000))},
            "instances[1].features: 'u1'; expected a dict of features by name": "u1",
        }
        for message, features in refused.items():
            with self.assertRaises(FeatureError) as raised:
                self.encode({}, features)
            self.assertEqual(str(raised.exception), message)


if __name__ == "__main__":
    unittest.main()
