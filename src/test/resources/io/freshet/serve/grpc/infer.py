"""Calls a server with grpcio: messages are made of the descriptor that the test writes."""
import json
import struct
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

address, descriptor = sys.argv[1:]
pool = descriptor_pool.DescriptorPool()
with open(descriptor, "rb") as file:
    pool.Add(descriptor_pb2.FileDescriptorProto.FromString(file.read()))


def message(name):
    kind = pool.FindMessageTypeByName("inference." + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(kind)
    return message_factory.MessageFactory(pool).GetPrototype(kind)


def call(method, **fields):
    stub = channel.unary_unary(
        "/inference.GRPCInferenceService/" + method,
        request_serializer=lambda request: request.SerializeToString(),
        response_deserializer=message(method + "Response").FromString,
    )
    return stub(message(method + "Request")(**fields), timeout=10)


def text(values):
    return b"".join(struct.pack("<I", len(v)) + v for v in values)


def tensor(name, datatype, shape, **contents):
    fields = dict(name=name, datatype=datatype, shape=shape)
    if contents:
        fields["contents"] = contents
    return fields


with grpc.insecure_channel(address) as channel:
    assert call("ServerLive").live
    assert call("ServerReady").ready
    assert call("ModelReady", name="ctr").ready
    assert call("ServerMetadata").name == "freshet"
    metadata = call("ModelMetadata", name="ctr", version="3")
    typed = call(
        "ModelInfer",
        model_name="ctr",
        id="7",
        inputs=[
            tensor("user", "BYTES", [2], bytes_contents=[b"u1", "ü2".encode()]),
            tensor("price", "FP32", [2], fp32_contents=[2.5, -3]),
            tensor("genres", "BYTES", [3], bytes_contents=[b"drama", b"war", b"x"]),
            tensor("genres.offsets", "INT64", [3], int64_contents=[0, 2, 3]),
        ],
    )
    raw = call(
        "ModelInfer",
        model_name="ctr",
        inputs=[
            tensor("user", "BYTES", [2]),
            tensor("price", "FP64", [2]),
            tensor("genres", "BYTES", [3]),
            tensor("genres.offsets", "INT32", [3]),
        ],
        raw_input_contents=[
            text([b"u1", "ü2".encode()]),
            struct.pack("<2d", 2.5, -3),
            text([b"drama", b"war", b"x"]),
            struct.pack("<3i", 0, 2, 3),
        ],
    )
    try:
        call("ModelInfer", model_name="ctr", model_version="9")
    except grpc.RpcError as e:
        refused = [e.code().name, e.details()]

json.dump(
    {
        "inputs": [[i.name, i.datatype, list(i.shape)] for i in metadata.inputs],
        "typed": list(typed.outputs[0].contents.fp32_contents),
        "raw": list(struct.unpack("<2f", raw.raw_output_contents[0])),
        "id": typed.id,
        "version": typed.model_version,
        "refused": refused,
    },
    sys.stdout,
)
