package io.freshet.wire.codec;

import static java.util.Objects.requireNonNull;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How values of one type are written as bytes and read back. Stateless; values are immutable, or
 * are never written to after they were sent or stored.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
  void write(T value, DataOutput out) throws IOException;

  T read(DataInput in) throws IOException;

  /** A codec of two functions. */
  static <T> Codec<T> of(Writer<T> writer, Reader<T> reader) {
    requireNonNull(writer, "writer");
    requireNonNull(reader, "reader");
    return new Codec<>() {
      @Override
      public void write(T value, DataOutput out) throws IOException {
        writer.write(value, out);
      }

      @Override
      public T read(DataInput in) throws IOException {
        return reader.read(in);
      }
    };
  }

  /** Writes a value. */
  interface Writer<T> {
    void write(T value, DataOutput out) throws IOException;
  }

  /** Reads a value. */
  interface Reader<T> {
    T read(DataInput in) throws IOException;
  }
}
