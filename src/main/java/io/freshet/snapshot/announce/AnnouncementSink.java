package io.freshet.snapshot.announce;

import java.io.Serializable;

/** Where publications are announced to other systems. */
public interface AnnouncementSink extends AutoCloseable {

  /**
   * Announces one; it has arrived when this returns. May be repeated.
   *
   * @param key the same for a repeat
   */
  void send(String key, byte[] json) throws Exception;

  @Override
  void close();

  /** Opens a sink where the operator runs. */
  interface Factory extends Serializable {
    AnnouncementSink open() throws Exception;

    /** Whether there is anybody to tell. */
    default boolean isUsed() {
      return true;
    }
  }

  /** Nobody is told. */
  static Factory none() {
    return new Nobody();
  }

  /** No sink at all. */
  final class Nobody implements Factory {
    private static final long serialVersionUID = 1L;

    private Nobody() {}

    @Override
    public boolean isUsed() {
      return false;
    }

    @Override
    public AnnouncementSink open() {
      throw new IllegalStateException("there is nobody to tell");
    }
  }
}
