package io.freshet.snapshot.write;

import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.io.Serializable;

/**
 * What came since the last part, the newest of each id.
 *
 * @param <T> what comes
 */
interface PartBuffer<T> {

  /** Makes empty ones. */
  interface Factory<T> extends Serializable {
    PartBuffer<T> create();
  }

  void add(T change);

  boolean isEmpty();

  /** Whether it is to be written before more comes. */
  boolean isFull();

  /** Writes all as a file, which is complete and durable when this returns. */
  PublisherInput.Part write(String path, WritableStorage storage) throws IOException;

  void clear();
}
