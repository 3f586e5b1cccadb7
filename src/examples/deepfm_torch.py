"""How fast a bare PyTorch loop learns the benchmarks' DeepFM: the yardstick beside `bench`.

In memory, without a broker, a join, a checkpoint or a snapshot: a batch is drawn beforehand and
learned by sparse Adagrad (rows) and Adam (layers). Prints examples a second by batch size, the median
of the rounds, on as many threads as there are cores. Needs torch and numpy.

    python3 src/examples/deepfm_torch.py --hidden 400,400,400 --batches 64,256,512,1024
    python3 src/examples/deepfm_torch.py --hidden 128,64 --json
"""

import argparse
import json
import os
import statistics
import time

import numpy
import torch

FIELDS = 39
SKEW = 1.05
CLICKED = 1 / 30


class DeepFM(torch.nn.Module):
    """First order, pairs of fields, and layers over the embeddings (Guo et al. 2017)."""

    def __init__(self, rows, k, hidden):
        super().__init__()
        self.first = torch.nn.Embedding(rows, 1, sparse=True)
        self.embeddings = torch.nn.Embedding(rows, k, sparse=True)
        torch.nn.init.zeros_(self.first.weight)
        torch.nn.init.normal_(self.embeddings.weight, std=0.01)
        layers = []
        width = FIELDS * k
        for units in hidden:
            layers += [torch.nn.Linear(width, units), torch.nn.ReLU()]
            width = units
        self.deep = torch.nn.Sequential(*layers, torch.nn.Linear(width, 1))

    def forward(self, ids):
        """Logits of ids [examples, fields]."""
        v = self.embeddings(ids)
        pairs = 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(1)
        return self.first(ids).sum((1, 2)) + pairs + self.deep(v.flatten(1)).squeeze(1)


def batches(size, count, rows, random):
    """Batches of ids, each field with its own Zipf(1.05) over its share of the rows, and labels."""
    ids_per_field = rows // FIELDS
    weights = numpy.arange(1, ids_per_field + 1) ** -SKEW
    cumulated = numpy.cumsum(weights / weights.sum())
    offsets = numpy.arange(FIELDS) * ids_per_field
    for _ in range(count):
        ids = numpy.searchsorted(cumulated, random.random((size, FIELDS))).clip(max=ids_per_field - 1)
        labels = random.random(size) < CLICKED
        yield torch.from_numpy(ids + offsets), torch.from_numpy(labels.astype(numpy.float32))


def measure(size, args):
    """Examples a second of each round."""
    random = numpy.random.default_rng(args.seed)
    torch.manual_seed(args.seed)
    model = DeepFM(args.rows, args.k, [int(units) for units in args.hidden.split(",")])
    sparse = torch.optim.Adagrad([model.first.weight, model.embeddings.weight], lr=0.05)
    dense = torch.optim.Adam(model.deep.parameters(), lr=0.001)
    loss = torch.nn.BCEWithLogitsLoss()
    drawn = list(batches(size, max(20, 40_000 // size), args.rows, random))
    speeds = []
    for round_ in range(args.rounds + 1):  # the first one warms up
        learned = 0
        begin = time.perf_counter()
        while time.perf_counter() - begin < args.seconds:
            ids, labels = drawn[learned // size % len(drawn)]
            sparse.zero_grad()
            dense.zero_grad()
            loss(model(ids), labels).backward()
            sparse.step()
            dense.step()
            learned += size
        if round_ > 0:
            speeds.append(learned / (time.perf_counter() - begin))
    return speeds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hidden", default="400,400,400", help="units of the layers")
    parser.add_argument("--batches", default="64,256,512,1024", help="batch sizes")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--k", type=int, default=10, help="floats of an embedding")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.sparse.check_sparse_tensor_invariants.disable()
    for size in map(int, args.batches.split(",")):
        speed = statistics.median(measure(size, args))
        if args.json:
            print(json.dumps({"hidden": args.hidden, "batch": size, "examples_per_second": round(speed)}))
        else:
            print(f"hidden {args.hidden}, batch {size:5}: {speed:10,.0f} examples/s", flush=True)


if __name__ == "__main__":
    main()
