"""Rows of a table after changes."""

import unittest

import numpy as np

from freshet.table import Changes, Table, start_rows


def changes(rows, removed=()):
    """Changes of rows {fid: number}, of width 2."""
    fids = np.array(sorted(rows), np.int64)
    values = np.array([[rows[fid]] * 2 for fid in fids], np.float32).reshape(-1, 2)
    return Changes(fids, values, np.array(removed, np.int64))


def content(table):
    return dict(zip(table.fids.tolist(), table.rows[:, 0].tolist()))


class TableTest(unittest.TestCase):
    def test_the_last_row_or_removal_counts(self):
        full = Table.empty(2).after([changes({-5: 1, 3: 2}), changes({7: 3})])
        after = full.after([changes({3: 4, 8: 5}, [-5, 99]), changes({-5: 6}, [8])])

        self.assertEqual(content(full), {-5: 1, 3: 2, 7: 3})
        self.assertEqual(content(after), {-5: 6, 3: 4, 7: 3})

    def test_random_changes_are_those_of_a_dict(self):
        random = np.random.default_rng(1)
        table, expected = Table.empty(2), {}
        for _ in range(50):
            ids = random.permutation(40) - 20
            rows = {int(fid): float(random.integers(1000)) for fid in ids[: random.integers(8)]}
            removed = sorted(ids[10 : 10 + random.integers(8)].tolist())
            table = table.after([changes(rows, removed)])
            expected.update(rows)
            expected = {fid: row for fid, row in expected.items() if fid not in removed}
            self.assertEqual(content(table), expected)

    def test_lookup_says_what_is_unknown(self):
        table = Table.empty(2).after([changes({-5: 1, 3: 2})])
        rows, known = table.lookup(np.array([3, 4, -5, 2**62], np.int64))

        self.assertEqual(rows[:, 1].tolist(), [2, 0, 1, 0])
        self.assertEqual(known.tolist(), [True, False, True, False])
        self.assertFalse(Table.empty(2).lookup(np.array([3]))[1].any())

    def test_start_rows_depend_on_seed_and_id_alone(self):
        fids = np.array([-1, 5, 2**62], np.int64)
        rows = start_rows(fids, -42, 8)

        np.testing.assert_array_equal(start_rows(fids[1:2], -42, 8), rows[1:2])
        self.assertTrue((rows[:, 0] == 0).all())
        self.assertTrue((np.abs(rows) < 0.035).all())
        self.assertFalse(np.array_equal(start_rows(fids, 42, 8), rows))


if __name__ == "__main__":
    unittest.main()
