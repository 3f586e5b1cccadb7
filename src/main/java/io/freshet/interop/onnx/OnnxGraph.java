package io.freshet.interop.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A graph of ONNX being put together: inputs, constants and nodes, each known by the name of what
 * it gives.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">the format</a>
 */
final class OnnxGraph {
  /** Element types, by their numbers in the format. */
  enum Type {
    FLOAT(1),
    INT64(7),
    UINT64(13);

    final int number;

    Type(int number) {
      this.number = number;
    }
  }

  /** A dimension of any size: the number of examples, and that of their occurrences. */
  static final long EXAMPLES = -1;

  static final long OCCURRENCES = -2;

  private static final int IR_VERSION = 8;
  private static final int OPERATORS = 18;
  private static final int LEARNING_OPERATORS = 2;
  private static final String LEARNING = "ai.onnx.ml";

  private static final String OWN = "/"; // ahead of names that are neither inputs nor outputs

  private final OnnxMessage graph = new OnnxMessage();
  private final Set<String> inputs = new HashSet<>();
  private int names;

  /** Declares an input. */
  String input(String name, Type type, long... shape) {
    inputs.add(name);
    graph.message(11, value(name, type, shape));
    return name;
  }

  /**
   * Makes a value an output of this name.
   *
   * @throws IOException where an input has the name
   */
  void output(String value, String name, Type type, long... shape) throws IOException {
    if (inputs.contains(name)) {
      throw new IOException("the output %s would have the name of an input".formatted(name));
    }
    graph.message(
        1, new OnnxMessage().text(1, value).text(2, name).text(3, name).text(4, "Identity"));
    graph.message(12, value(name, type, shape));
  }

  private static OnnxMessage value(String name, Type type, long[] shape) {
    OnnxMessage dimensions = new OnnxMessage();
    for (long size : shape) {
      OnnxMessage dimension = new OnnxMessage();
      dimensions.message(
          1,
          size >= 0
              ? dimension.number(1, size)
              : dimension.text(2, size == EXAMPLES ? "examples" : "occurrences"));
    }
    OnnxMessage tensor = new OnnxMessage().number(1, type.number).message(2, dimensions);
    return new OnnxMessage().text(1, name).message(2, new OnnxMessage().message(1, tensor));
  }

  String constant(float value) {
    return constant("c" + names++, new float[] {value});
  }

  /** A tensor of floats, row by row; without a shape, a scalar. */
  String constant(String name, float[] values, long... shape) {
    ByteBuffer bytes = bytes(values.length, Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return constant(name, Type.FLOAT, bytes, shape);
  }

  String constant(String name, long[] values, long... shape) {
    ByteBuffer bytes = bytes(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return constant(name, Type.INT64, bytes, shape);
  }

  /** A single unsigned number. */
  String unsigned(long value) {
    ByteBuffer bytes = bytes(1, Long.BYTES);
    bytes.putLong(0, value);
    return constant("c" + names++, Type.UINT64, bytes, 1);
  }

  /** A vector of numbers under a name of its own, as for the axes of an operator. */
  String vector(long... values) {
    return constant("c" + names++, values, values.length);
  }

  private static ByteBuffer bytes(int n, int each) {
    return ByteBuffer.allocate(Math.multiplyExact(n, each)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(String plain, Type type, ByteBuffer bytes, long... shape) {
    String name = OWN + plain;
    OnnxMessage tensor = new OnnxMessage();
    Arrays.stream(shape).forEach(size -> tensor.number(1, size));
    tensor.number(2, type.number).text(8, name).bytes(9, UnsafeByteOperations.unsafeWrap(bytes));
    graph.message(5, tensor);
    return name;
  }

  /** Adds a conversion of numbers. */
  String cast(String value, Type to) {
    return node("Cast", Map.of("to", (long) to.number), value);
  }

  /** Adds a shift of unsigned numbers to the right. */
  String shifted(String value, int by) {
    return by == 0 ? value : node("BitShift", Map.of("direction", "RIGHT"), value, unsigned(by));
  }

  /** Adds a node of an operator; returns the name of its output. */
  String node(String operator, String... inputs) {
    return node(operator, Map.of(), inputs);
  }

  /**
   * The same with attributes.
   *
   * @param attributes each a Long or a String
   */
  String node(String operator, Map<String, Object> attributes, String... inputs) {
    String name = OWN + operator.toLowerCase(Locale.ROOT) + names++;
    OnnxMessage node = new OnnxMessage();
    Arrays.stream(inputs).forEach(input -> node.text(1, input));
    node.text(2, name).text(3, name).text(4, operator);
    attributes.forEach((key, value) -> node.message(5, attribute(key, value)));
    graph.message(1, node);
    return name;
  }

  private static OnnxMessage attribute(String name, Object value) {
    OnnxMessage attribute = new OnnxMessage().text(1, name);
    if (value instanceof Long number) {
      return attribute.number(3, number).number(20, 2);
    }
    return attribute.text(4, (String) value).number(20, 3);
  }

  /** Adds a node that finds the place of each number among some; what is none of them has n. */
  String places(long[] of, String numbers) {
    String name = OWN + "places" + names++;
    OnnxMessage keys = packed("keys_int64s", of);
    OnnxMessage values = packed("values_int64s", LongStream.range(0, of.length).toArray());
    graph.message(
        1,
        new OnnxMessage()
            .text(1, numbers)
            .text(2, name)
            .text(3, name)
            .text(4, "LabelEncoder")
            .message(5, keys)
            .message(5, values)
            .message(5, attribute("default_int64", (long) of.length))
            .text(7, LEARNING));
    return name;
  }

  /** An attribute of many numbers, which lie packed. */
  private static OnnxMessage packed(String name, long[] numbers) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (long number : numbers) {
        out.writeUInt64NoTag(number);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OnnxMessage().text(1, name).bytes(8, bytes.toByteString()).number(20, 7);
  }

  /**
   * Writes the model.
   *
   * @param description for people
   */
  void write(String name, String description, Map<String, String> properties, OutputStream out)
      throws IOException {
    OnnxMessage model =
        new OnnxMessage()
            .number(1, IR_VERSION)
            .text(2, "freshet")
            .text(6, description)
            .message(7, graph.text(2, name))
            .message(8, new OnnxMessage().text(1, "").number(2, OPERATORS))
            .message(8, new OnnxMessage().text(1, LEARNING).number(2, LEARNING_OPERATORS));
    properties.forEach(
        (key, value) -> model.message(14, new OnnxMessage().text(1, key).text(2, value)));
    model.writeTo(out);
  }
}
