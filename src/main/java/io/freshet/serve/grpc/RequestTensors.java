package io.freshet.serve.grpc;

import static io.freshet.serve.request.HttpError.bad;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.freshet.serve.request.HttpError;
import io.freshet.serve.tensor.Datatype;
import io.freshet.serve.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads the tensors of a request, whose elements are typed or raw. */
final class RequestTensors {
  private RequestTensors() {}

  static List<Tensor> read(ModelInferRequest request) throws HttpError {
    boolean isRaw = isRaw(request);
    if (isRaw && request.getRawInputContentsCount() != request.getInputsCount()) {
      throw bad(
          "raw_input_contents holds %s; expected one for each of the %s inputs"
              .formatted(request.getRawInputContentsCount(), request.getInputsCount()));
    }
    List<Tensor> tensors = new ArrayList<>();
    for (InferInputTensor input : request.getInputsList()) {
      int index = tensors.size();
      String place = "inputs[" + index + "]";
      Datatype datatype = Datatype.of(place, input.getDatatype());
      if (isRaw && input.hasContents()) {
        throw bad(place + " has contents besides raw_input_contents; expected one of the two");
      }
      List<?> elements =
          isRaw
              ? raw(place, datatype, request.getRawInputContents(index))
              : typed(place, datatype, input.getContents());
      tensors.add(Tensor.of(input.getName(), datatype, input.getShapeList(), elements));
    }
    return tensors;
  }

  /** Whether elements are raw, as they are in the response then. */
  static boolean isRaw(ModelInferRequest request) {
    return request.getRawInputContentsCount() > 0;
  }

  private static List<?> typed(String place, Datatype datatype, InferTensorContents contents)
      throws HttpError {
    return switch (datatype) {
      case BOOL -> contents.getBoolContentsList();
      case INT8, INT16, INT32 -> contents.getIntContentsList();
      case INT64 -> contents.getInt64ContentsList();
      case UINT8, UINT16, UINT32 -> unsigned(contents.getUintContentsList());
      case UINT64 -> checked(place, contents.getUint64ContentsList());
      case FP32 -> contents.getFp32ContentsList();
      case FP64 -> contents.getFp64ContentsList();
      case BYTES -> {
        List<String> texts = new ArrayList<>();
        for (ByteString bytes : contents.getBytesContentsList()) {
          texts.add(text(place, bytes));
        }
        yield texts;
      }
    };
  }

  private static List<?> raw(String place, Datatype datatype, ByteString bytes) throws HttpError {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    List<Object> elements = new ArrayList<>();
    while (buffer.hasRemaining()) {
      int size = datatype == Datatype.BYTES ? Integer.BYTES : datatype.bytes();
      check(place, size, buffer);
      elements.add(
          switch (datatype) {
            case BOOL -> buffer.get() != 0;
            case INT8 -> (long) buffer.get();
            case UINT8 -> (long) Byte.toUnsignedInt(buffer.get());
            case INT16 -> (long) buffer.getShort();
            case UINT16 -> (long) Short.toUnsignedInt(buffer.getShort());
            case INT32 -> (long) buffer.getInt();
            case UINT32 -> Integer.toUnsignedLong(buffer.getInt());
            case INT64 -> buffer.getLong();
            case UINT64 -> checked(place, buffer.getLong());
            case FP32 -> (double) buffer.getFloat();
            case FP64 -> buffer.getDouble();
            case BYTES -> {
              int length = buffer.getInt();
              check(place, length, buffer);
              int from = buffer.position();
              buffer.position(from + length);
              yield text(place, bytes.substring(from, from + length));
            }
          });
    }
    return elements;
  }

  private static void check(String place, int size, ByteBuffer left) throws HttpError {
    if (size < 0 || size > left.remaining()) {
      throw bad(
          "%s: an element of %s bytes begins at byte %s of its raw contents, which end before"
              .formatted(place, Integer.toUnsignedString(size), left.position()));
    }
  }

  private static String text(String place, ByteString bytes) throws HttpError {
    if (!bytes.isValidUtf8()) {
      throw bad(place + " holds bytes that are no UTF-8");
    }
    return bytes.toStringUtf8();
  }

  private static List<Long> unsigned(List<Integer> numbers) {
    return numbers.stream().map(Integer::toUnsignedLong).toList();
  }

  private static List<Long> checked(String place, List<Long> numbers) throws HttpError {
    for (long number : numbers) {
      checked(place, number);
    }
    return numbers;
  }

  private static long checked(String place, long unsigned) throws HttpError {
    if (unsigned < 0) {
      throw bad(
          "%s: %s is too large; expected at most %s"
              .formatted(place, Long.toUnsignedString(unsigned), Long.MAX_VALUE));
    }
    return unsigned;
  }
}
