package io.freshet.wire;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How values of one type are written and read: the hand-written half of a {@link WireSerializer}.
 *
 * <p>A codec is a public, stateless class with a public constructor without arguments; values are
 * immutable, or are never written to after they were sent or stored.
 *
 * @param <T> the type of the values
 */
public interface WireCodec<T> {

  /** Raised whenever the written form changes; {@link #read} is told the version it meets. */
  default int version() {
    return 1;
  }

  void write(T value, DataOutputView out) throws IOException;

  /**
   * Reads what {@link #write} of the given version wrote.
   *
   * @param version at most {@link #version()}
   */
  T read(DataInputView in, int version) throws IOException;
}
