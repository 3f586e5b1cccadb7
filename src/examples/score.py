"""Scores an example from the files of a snapshot, without Freshet.

pip install numpy safetensors xxhash
python score.py freshet-demo/snapshots '{"user": "u17", "item": "i4", "price": 2.5}'
"""
import itertools, json, math, struct, sys
from pathlib import Path
import numpy as np
from safetensors.numpy import load_file
from xxhash import xxh3_64_intdigest

SEED, FRACTION = 0x46726573686574, 0x6672616374696F6E
BITS = 2**64 - 1


def load(root):
    """The newest manifest, rows {fid: [w, v...]} and dense tensors: the full, then its deltas."""
    name, chain = json.loads((root / "latest.json").read_text())["version"], []
    while name:
        manifest = json.loads((root / name / "manifest.json").read_text())
        chain, name = [manifest] + chain, manifest.get("parent")
    rows = {}
    for version in chain:
        for file in version["embeddings"]:
            tensors = load_file(root / version["version"] / file["name"])
            rows.update(zip(tensors["fids"].tolist(), tensors["rows"]))  # a later file's row wins
            for fid in tensors.get("removed", np.array([], np.int64)).tolist():
                rows.pop(fid, None)
    return chain[-1], rows, load_file(root / chain[-1]["version"] / chain[-1]["dense"]["name"])


def value_hash(value):
    if isinstance(value, float) and value != int(value):
        return xxh3_64_intdigest(struct.pack("<Qd", FRACTION, value), SEED)
    text = str(value).lower() if isinstance(value, bool) else str(value if isinstance(value, str) else int(value))
    return xxh3_64_intdigest(text.encode(), SEED)


def number(field, x, gauge):
    """(fid, value) of a number: its row with the standardized value, and the two knots around it."""
    transform, fid = field["transform"], field["number"] << 52
    log = lambda x, unit: math.copysign(math.log1p(unit * abs(x)), x)
    if transform["kind"] == "standardize":
        x = (x - transform["mean"]) / transform["deviation"]
    x = float(np.float32(max(-1e15, min(1e15, x))))
    if "gauge.numbers" not in gauge:  # a model from before format 1.2
        return [(fid | 1, log(x, 1) if transform["kind"] == "log" else x)]
    scales = {int(row[0]): row[1:] for row in gauge["gauge.numbers"]}
    unit, mean, deviation = scales[field["number"]]
    z = max(-3.0, min(3.0, ((log(x, unit) if unit else x) - mean) / deviation)) if deviation else 0.0
    place = (max(-2.5, min(2.5, z)) + 2.5) / 5 * 7
    knot = min(int(place), 6)
    return [(fid | 1, z), (fid | 2 + knot, 1 - (place - knot)), (fid | 3 + knot, place - knot)]


def occurrences(field, features, done, gauge):
    """(fid, value) of one field; 64-bit fids: the field's number, then 52 bits of a hash."""
    fid = lambda hash: field["number"] << 52 | hash & (2**52 - 1)
    if field["kind"] == "cross":
        mix = lambda a, b: xxh3_64_intdigest(struct.pack("<QQ", a, b), SEED)
        combined = []
        for ids in itertools.product(*([f for f, _ in done[of]] for of in field["of"])):
            hash = ids[0]
            for other in ids[1:]:
                hash = mix(hash, other)
            combined.append(hash)
        return [(fid(hash), 1 / len(combined)) for hash in combined]
    values = features.get(field["name"])
    values = [v for v in (values if isinstance(values, list) else [values]) if v is not None]
    if not values:
        return [(fid(0), 1)]
    if field["kind"] != "numeric":
        return [(fid(value_hash(v)), 1 / len(values)) for v in values]
    if field["transform"]["kind"] == "buckets":
        return [(fid(value_hash(sum(b <= values[0] for b in field["transform"]["bounds"]))), 1)]
    return number(field, values[0], gauge)


def start_row(fid, seed, k):
    """The row that training starts with: SplitMix64 of (seed, fid), four 16-bit lanes a number."""
    def mix(x):
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & BITS
        x = (x ^ x >> 27) * 0x94D049BB133111EB & BITS
        return x ^ x >> 31
    gamma, row = 0x9E3779B97F4A7C15, [0.0]
    origin = mix(mix(seed + gamma & BITS) ^ fid)
    for i in range(1, k + 1):
        bits = mix(origin + i * gamma & BITS)
        lanes = sum(bits >> shift & 0xFFFF for shift in (0, 16, 32, 48))
        row.append(0.01 * (lanes - 2 * 0xFFFF) / (2**16 / math.sqrt(3)))
    return np.array(row, np.float32)


def sigmoid(z):
    return 1 / (1 + math.exp(-max(-700, min(700, z))))


def mixed(first_order, logit, gauge):
    """The logit of the mixed prediction of all experts."""
    if "gauge.offset" not in gauge:
        return logit
    offset, experts = gauge["gauge.offset"][0], gauge["gauge.experts"]
    if len(experts) == 1:
        return offset + logit
    clip = lambda p: max(1e-6, min(1 - 1e-6, p))
    p = sum(weight * clip(sigmoid(offset + a * first_order + b * logit + correction))
            for a, b, weight, correction in experts)
    return math.log(p / (1 - p))


def score(features, manifest, rows, dense):
    k, unknown, done = manifest["model"]["embedding_size"], manifest["unknown_ids"], {}
    zero = unknown["rule"] == "zero"
    signed = lambda fid: fid - 2**64 if fid >= 2**63 else fid
    earned = unknown.get("zero_fields", [])  # fields whose ids have to earn their rows
    absent = lambda fid: (np.zeros(1 + k, np.float32) if zero or fid >> 52 in earned
                          else start_row(fid, unknown["seed"], k))
    row = lambda fid: rows[signed(fid)] if signed(fid) in rows else absent(fid)
    for field in sorted(manifest["schema"]["fields"], key=lambda f: f["kind"] == "cross"):
        done[field["name"]] = occurrences(field, features, done, dense)
    sums = [sum(v * row(fid) for fid, v in done[f["name"]]) for f in manifest["schema"]["fields"]]
    embedded = np.array([s[1:] for s in sums])
    logit = first_order = row(0)[0] + sum(s[0] for s in sums)  # fid 0 is the bias
    if manifest["model"]["kind"] in ("fm", "deepfm"):  # all pairs of fields
        logit += 0.5 * ((embedded.sum(0) ** 2).sum() - (embedded**2).sum())
    linear = lambda layer, x: x @ dense[layer + ".weight"] + dense[layer + ".bias"]
    x = inputs = embedded.ravel()
    for i in range(len(manifest["model"]["hidden_layers"])):
        x = np.maximum(linear(f"deep.{i}", x), 0)
    if "deep.out.weight" in dense:
        logit += linear("deep.out", x)[0]
    x = inputs
    for i in range(manifest["model"].get("cross_layers", 0)):
        x = inputs * linear(f"cross.{i}", x) + x
    if "cross.out.weight" in dense:
        logit += linear("cross.out", x)[0]
    logit = mixed(first_order, logit, dense)
    rate, labels = manifest["sampling_rate"], manifest.get("labels", {"correction": "log-odds"})
    if labels["correction"] == "fake-negatives":
        return min(1, rate * math.exp(min(700, logit)))
    if labels["correction"] == "log-odds":
        logit += math.log(rate)
    return sigmoid(logit)


if __name__ == "__main__":
    print(score(json.loads(sys.argv[2]), *load(Path(sys.argv[1]))))
