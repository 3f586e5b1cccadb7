"""Writes models as FuxiCTR names their tensors, and what they predict, computed here with numpy.

    write_model.py FOLDER KIND WRITER

KIND is deepfm, dcn, or projected: deepfm with rows of 2 numbers for items. WRITER is "hand" or "library" (the package safetensors).
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

K = 4
TABLE = "embedding_layer.embedding_layer.embedding_layers.%s.weight"
LINEAR = "fm.lr_layer.embedding_layer.embedding_layer.embedding_layers.%s.weight"


def by_hand(tensors, path):
    types = {"float16": "F16", "float32": "F32", "float64": "F64", "int64": "I64"}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": types[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def main(folder, kind, writer):
    random = np.random.default_rng(7)

    def draw(*shape, scale=0.5):
        return (scale * random.standard_normal(shape)).astype(np.float32)

    vocab = {
        "item": {"__PAD__": 0, **{f"i{n}": n for n in range(1, 30)}, "__OOV__": 30},
        "tags": {"__PAD__": 0, "7": 1, "b\u00e4r": 2, "true": 3, "__OOV__": 4},
    }
    sizes = {"item": 31, "tags": 5, "hour": 24}
    tensors = {TABLE % name: draw(n, K) for name, n in sizes.items()}
    tensors[TABLE % "item"] = tensors[TABLE % "item"].astype(np.float16)
    tensors[TABLE % "price"] = draw(K, 1).astype(np.float64)
    if kind == "projected":
        tensors[TABLE % "item"] = draw(31, 2)
        tensors["item_projection.weight"] = draw(K, 2)
    inputs = 4 * K
    hidden = (6, 5)
    if kind != "dcn":
        tensors |= {LINEAR % name: draw(n, 1) for name, n in sizes.items()}
        tensors[LINEAR % "price"] = draw(1, 1)
        tensors["fm.lr_layer.bias"] = np.array([-1.25], np.float32)
        layers = ["mlp.mlp.0", "mlp.mlp.2", "mlp.mlp.4"]
        units = [inputs, *hidden, 1]
    else:
        layers = ["parallel_dnn.mlp.0", "parallel_dnn.mlp.3"]
        units = [inputs, *hidden]
        for layer, n in zip(("parallel_dnn.mlp.1", "parallel_dnn.mlp.4"), hidden):
            tensors[layer + ".weight"] = 1 + draw(n)
            tensors[layer + ".bias"] = draw(n)
            tensors[layer + ".running_mean"] = draw(n)
            tensors[layer + ".running_var"] = np.abs(draw(n)) + np.float32(0.1)
            tensors[layer + ".num_batches_tracked"] = np.array(9, np.int64)
        for layer in range(2):
            tensors[f"crossnet.cross_layers.{layer}.weight"] = draw(inputs, inputs, scale=0.2)
            tensors[f"crossnet.cross_layers.{layer}.bias"] = draw(inputs)
        tensors["fc.weight"] = draw(1, inputs + hidden[-1])
        tensors["fc.bias"] = draw(1)
    for layer, n, out in zip(layers, units, units[1:]):
        tensors[layer + ".weight"] = draw(out, n)
        tensors[layer + ".bias"] = draw(out)

    def rows(weight, instance):
        """The mean of each field's rows, in the order of the network's input."""
        names = {name: vocab[name] for name in vocab}
        item = names["item"].get(instance.get("item"), 30)
        tags = [names["tags"].get(str(t).lower(), 4) for t in instance.get("tags") or ["?"]]
        table = {name: tensors[weight % name].astype(np.float64) for name in ("item", "tags", "hour")}
        if kind == "projected" and weight == TABLE:
            table["item"] = table["item"] @ tensors["item_projection.weight"].T
        price = (instance["price"] - 20) / 8 * tensors[weight % "price"].reshape(-1)
        return [table["item"][item], table["tags"][tags].mean(0), table["hour"][instance["hour"]], price]

    def mlp(x, norms):
        for i, layer in enumerate(layers):
            x = tensors[layer + ".weight"].astype(np.float64) @ x + tensors[layer + ".bias"]
            if norms:
                norm = ("parallel_dnn.mlp.1", "parallel_dnn.mlp.4")[i]
                x = (x - tensors[norm + ".running_mean"]) / np.sqrt(tensors[norm + ".running_var"] + 1e-5)
                x = x * tensors[norm + ".weight"] + tensors[norm + ".bias"]
            if norms or i < len(layers) - 1:
                x = np.maximum(x, 0)
        return x

    def predict(instance):
        fields = np.array(rows(TABLE, instance))
        x = fields.reshape(-1)
        if kind != "dcn":
            first = sum(row[0] for row in rows(LINEAR, instance)) - 1.25
            pairs = ((fields.sum(0) ** 2).sum() - (fields**2).sum()) / 2
            return sigmoid(first + pairs + mlp(x, False)[0])
        crossed = x
        for layer in range(2):
            name = f"crossnet.cross_layers.{layer}"
            crossed = x * (tensors[name + ".weight"] @ crossed + tensors[name + ".bias"]) + crossed
        last = np.concatenate([crossed, mlp(x, True)])
        return sigmoid((tensors["fc.weight"] @ last + tensors["fc.bias"])[0])

    instances = []
    for n in range(60):
        tags = [["7", "b\u00e4r", "true"][t] for t in range(3) if random.random() < 0.5]
        instance = {"item": f"i{1 + n % 29}", "tags": tags, "hour": n % 24, "price": 5.0 + n % 30}
        if n % 10 == 3:
            del instance["item"]
        instances.append(instance)
    examples = [{"features": i, "probability": predict(i)} for i in instances]

    (folder / "expected.json").write_text(json.dumps(examples), "utf-8")
    (folder / "feature_vocab.json").write_text(json.dumps(vocab), "utf-8")
    if writer == "library":
        from safetensors.numpy import save_file

        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        by_hand(tensors, folder / "model.safetensors")


main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
