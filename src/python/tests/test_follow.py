"""Loading and following: the chain, and what is wrong with a root."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import roots
from roots import delta, full, publish, version

import freshet
from freshet.encoding import value_hash


class FollowTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)

    def rows(self, model):
        return dict(zip(model.table.fids.tolist(), model.table.rows[:, 0].tolist()))

    def assert_refused(self, message, action=None):
        with self.assertRaises(freshet.SnapshotError) as raised:
            (action or (lambda: freshet.load(self.root)))()
        self.assertIn(message, str(raised.exception))

    def test_usage_example(self):
        publish(self.root, full(1, {0: 1, 5: 2}), delta(2, {6: 3}, removed=[5]))

        follower = freshet.Follower(self.root)

        self.assertEqual(self.rows(follower.model), {0: 1, 6: 3})
        self.assertEqual(self.rows(freshet.load(f"file://{self.root}", version(1))), {0: 1, 5: 2})
        self.assertEqual(freshet.Store(self.root).versions(), [version(1), version(2)])
        self.assertEqual(follower.model.score([{}] * 2500).shape, (2500,))
        self.assertEqual(follower.model.score([]).shape, (0,))

    def test_a_sequence_is_what_the_user_did_last(self):
        history = {"field": "user", "of": "item", "actions": ["click"], "expire_after": 60_000}
        fields = [
            {"kind": "categorical", "name": "user", "number": 1},
            {"kind": "categorical", "name": "item", "number": 2},
            {"kind": "sequence", "name": "recent", "number": 4000, "of": "item", "length": 2,
             "pooling": "mean", "history": history},
        ]
        schema = {"schema": {"fields": fields}}
        hashes = {name: value_hash(name) & (1 << 52) - 1 for name in ("u1", "u2", "a", "b", "c")}
        rows = {2 << 52 | hashes[item]: n / 8 for n, item in enumerate("abc", 1)}
        first = roots.histories(self.root, 1, 4000, {
            hashes["u1"]: [(10_000, hashes["a"]), (20_000, hashes["b"]), (30_000, hashes["c"])],
            hashes["u2"]: [(10_000, hashes["a"])],
        })
        publish(self.root, full(1, {0: 0, **rows}, histories=[first], **schema))
        follower = freshet.Follower(self.root)

        def same(recent, user, time, model=follower.model):
            instance = {"user": user, "item": "a"}
            given = model.score([{**instance, "recent": recent}], time)
            return np.array_equal(model.score([instance], time), given)

        self.assertTrue(same(["c", "b"], "u1", 31))
        self.assertTrue(same(["b", "a"], "u1", 30))
        self.assertTrue(same(["c"], "u1", 85))
        self.assertTrue(same([], "u1", 100))
        self.assertTrue(same(["a"], "u2", 31))
        self.assertFalse(same(["a"], "u1", 31))
        self.assertTrue(same([], None, 31))
        second = roots.histories(
            self.root, 2, 4000, {hashes["u1"]: [(35_000, hashes["a"])]}, removed=[hashes["u2"]]
        )
        publish(self.root, delta(2, {}, histories=[second], **schema), delta(3, {}))
        other = freshet.load(self.root, version(2))
        self.assertTrue(same(["a"], "u1", 40, other))
        self.assertTrue(same([], "u2", 40, other))
        self.assertEqual(len(freshet.load(self.root).histories), 0)  # nothing is kept any more

    def test_inputs_of_an_exported_model(self):
        publish(self.root, full(1, {0: 1, 1 << 52: 0.5}))
        model = freshet.load(self.root)

        inputs = model.inputs([{}, {"user": "unknown"}])

        np.testing.assert_array_equal(inputs["first_order"], np.float32([1.5, 1]))
        self.assertEqual(inputs["embeddings"].shape, (2, 2, 2))
        np.testing.assert_array_equal(inputs["embeddings"][:, 0], [[0.5, 0.5], [0, 0]])
        np.testing.assert_array_equal(model.parts([{}]).first_order, inputs["first_order"][:1])
        self.assertEqual(model.inputs([])["embeddings"].shape, (0, 2, 2))

    def test_refresh_continues_from_the_version_held(self):
        publish(self.root, full(1, {0: 1, 5: 2}))
        follower = freshet.Follower(self.root)
        self.assertFalse(follower.refresh())
        publish(self.root, delta(2, {6: 3}), delta(3, {7: 4}))
        (self.root / version(1) / "rows.safetensors").unlink()  # is not read again

        self.assertTrue(follower.refresh())
        self.assertEqual(self.rows(follower.model), {0: 1, 5: 2, 6: 3, 7: 4})

    def test_the_model_before_stays_where_a_refresh_fails(self):
        publish(self.root, full(1, {0: 1}))
        follower = freshet.Follower(self.root)
        roots.point_to(self.root, 9)

        self.assert_refused(f"there is no version {version(9)} in {self.root}", follower.refresh)
        self.assertEqual(follower.model.version, version(1))
        self.assertEqual(follower.pointer.version, version(1))

    def test_a_field_may_come_late(self):
        publish(self.root, full(1, {0: 1, 1 << 52: 0.5}))
        follower = freshet.Follower(self.root)
        fields = [*roots.FIELDS, {"kind": "categorical", "name": "item", "number": 7}]
        unknown = {"rule": "start-row", "seed": 1, "zero_fields": [7]}
        changes = {"schema": {"fields": fields}, "unknown_ids": unknown}
        publish(self.root, delta(2, {7 << 52: 0.25, 2 << 52: 0.125}, **changes))
        follower.refresh()

        missing, unseen = follower.model.score([{}, {"item": "new"}])
        without = 1 + 0.5 + 0.125 + 2 * 0.5 * 0.125  # in two dimensions
        pairs = 2 * 0.25 * (0.5 + 0.125)
        self.assertAlmostEqual(unseen, 1 / (1 + np.exp(-without)), 6)
        self.assertAlmostEqual(missing, 1 / (1 + np.exp(-(without + 0.25 + pairs))), 6)

    def test_a_broken_chain_is_refused(self):
        publish(self.root, delta(2, {6: 3}))
        self.assert_refused(
            f"version {version(2)} needs its parent: there is no version {version(1)}"
        )
        publish(self.root, delta(3, {}, parent=4), delta(4, {}, parent=3))
        self.assert_refused("is its own ancestor")
        shape = {"kind": "fm", "embedding_size": 4, "hidden_layers": []}
        publish(self.root, full(5, {}), delta(6, {}, model=shape))
        self.assert_refused(f"version {version(6)} has the shape")

    def test_names_that_lead_out_of_the_root_are_refused(self):
        publish(self.root, full(1, {}, dense={"name": "../x", "size": 10, "sha256": ""}))
        self.assert_refused('names the file "../x", no plain file name')
        self.assert_refused("../x", lambda: freshet.load(self.root, "../x"))
        self.assert_refused("only folders are read here", lambda: freshet.load("s3://bucket/x"))

    def test_files_that_are_not_as_the_manifest_says_are_refused(self):
        publish(self.root, full(1, {0: 1}))
        rows = self.root / version(1) / "rows.safetensors"
        data = rows.read_bytes()
        rows.write_bytes(data + b"0")
        self.assert_refused(f"{rows} has {len(data) + 1} bytes, the manifest says {len(data)}")
        rows.write_bytes(data[:-1] + b"\1")
        self.assert_refused(f"{rows} has the sha256 ")
        rows.unlink()
        self.assert_refused(f"{rows} cannot be read: No such file")

    def test_rows_of_another_shape_or_without_numbers_are_refused(self):
        publish(self.root, full(1, {0: 1}))
        rows = self.root / version(1) / "rows.safetensors"
        manifest = self.root / version(1) / "manifest.json"
        document = json.loads(manifest.read_text())
        for width, value, message in (
            (2, 1, "rows of shape (1, 2)"),
            (3, np.nan, "no finite number"),
        ):
            tensors = {
                "fids": np.zeros(1, np.int64),
                "rows": np.full((1, width), value, np.float32),
            }
            document["embeddings"] = [{**roots.write(rows, tensors), "rows": 1}]
            manifest.write_text(json.dumps(document))
            self.assert_refused(message)

    def test_models_unknown_here_are_refused(self):
        unknown = {
            'is of kind "transformer", unknown here': {
                "model": {"kind": "transformer", "embedding_size": 2, "hidden_layers": []}
            },
            "has no such tensor for deep.0.weight of shape [4, 5]": {
                "model": {"kind": "deepfm", "embedding_size": 2, "hidden_layers": [5]}
            },
            'has the rule "guess" for unknown ids': {"unknown_ids": {"rule": "guess", "seed": 1}},
            'labels.correction is "odd", unknown here': {"labels": {"correction": "odd"}},
            'field f is of kind "tensor", unknown here': {
                "schema": {"fields": [{"kind": "tensor", "name": "f", "number": 1}]}
            },
            "is no manifest: KeyError('fields')": {"schema": {}},
        }
        for n, (message, changes) in enumerate(unknown.items()):
            publish(self.root, full(n, {}, **changes))
            self.assert_refused(message)

    def test_a_score_that_is_no_number_is_refused(self):
        publish(self.root, full(1, {0: 1, 2 << 52 | 1: 3e38}))
        model = freshet.load(self.root)

        with self.assertRaisesRegex(
            freshet.FeatureError, r"instances\[1\].features.price is so large"
        ):
            model.score([{}, {"price": 1e15}])
        publish(self.root, full(2, {0: 1, 1 << 52: 3e38, 2 << 52: 3e38}))
        self.assert_refused(
            f"version {version(2)} has no finite score for instances[0]",
            lambda: freshet.load(self.root).score([{}]),
        )


if __name__ == "__main__":
    unittest.main()
