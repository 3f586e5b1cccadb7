package io.freshet.interop.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A protobuf message of ONNX being put together by the numbers of its fields, which are those of
 * {@code onnx.proto}: a handful of messages does not need its generated classes.
 */
final class OnnxMessage {
  private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

  OnnxMessage number(int field, long value) {
    fields.mergeField(field, Field.newBuilder().addVarint(value).build());
    return this;
  }

  OnnxMessage text(int field, String value) {
    return bytes(field, ByteString.copyFromUtf8(value));
  }

  OnnxMessage message(int field, OnnxMessage value) {
    return bytes(field, value.fields.build().toByteString());
  }

  OnnxMessage bytes(int field, ByteString value) {
    fields.mergeField(field, Field.newBuilder().addLengthDelimited(value).build());
    return this;
  }

  void writeTo(OutputStream out) throws IOException {
    fields.build().writeTo(out);
  }
}
