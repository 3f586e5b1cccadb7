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

    /** Whether versions are announced at all. */
    default boolean isUsed() {
      return true;
    }
  }

  /** No announcements. */
  static Factory none() {
    return None.FACTORY;
  }

  /** No sink at all. */
  enum None implements Factory {
    FACTORY;

    @Override
    public boolean isUsed() {
      return false;
    }

    @Override
    public AnnouncementSink open() {
      throw new IllegalStateException("announcements are off");
    }
  }
}
