package io.freshet.event;

import java.io.IOException;
import java.io.InputStream;

/**
 * The mark that some writers of UTF-8 put before a text, {@code EF BB BF}: it means nothing and is
 * skipped.
 */
public final class ByteOrderMark {
  private static final int[] BYTES = {0xEF, 0xBB, 0xBF};

  private ByteOrderMark() {}

  /** How many bytes of a text are a mark: 3 or 0. */
  public static int lengthIn(byte[] text) {
    if (text.length < BYTES.length) {
      return 0;
    }
    for (int i = 0; i < BYTES.length; i++) {
      if ((text[i] & 0xFF) != BYTES[i]) {
        return 0;
      }
    }
    return BYTES.length;
  }

  /** Skips the mark at the beginning of a stream, which supports {@link InputStream#mark}. */
  public static <S extends InputStream> S skipIn(S text) throws IOException {
    text.mark(BYTES.length);
    if (lengthIn(text.readNBytes(BYTES.length)) == 0) {
      text.reset();
    }
    return text;
  }
}
