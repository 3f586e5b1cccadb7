package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

/**
 * The id of an impression in one pass over a recording. It differs from the impression's id in the
 * stream and in the other passes, so that the join, whose key it is, learns each of them.
 *
 * @param pass from 1
 * @param shift by how much the pass is before the recorded time, in milliseconds: passes follow
 *     each other in event time
 * @param id as recorded
 */
public record RecordedId(int pass, long shift, String id) {
  private static final char MARK = '\u0001'; // begins no id that a producer makes

  public RecordedId {
    requireNonNull(id, "id");
  }

  /** The id as a text. */
  public String text() {
    return MARK
        + Integer.toString(pass)
        + ':'
        + Long.toString(shift, Character.MAX_RADIX)
        + MARK
        + id;
  }

  /** Whether a text is one. */
  public static boolean isRecorded(String text) {
    return !text.isEmpty() && text.charAt(0) == MARK;
  }

  /** Reads a text that is one. */
  public static RecordedId parse(String text) {
    int colon = text.indexOf(':');
    int end = text.indexOf(MARK, 1);
    return new RecordedId(
        Integer.parseInt(text, 1, colon, 10),
        Long.parseLong(text, colon + 1, end, Character.MAX_RADIX),
        text.substring(end + 1));
  }

  /** The id as recorded, of any text. */
  public static String original(String text) {
    return isRecorded(text) ? parse(text).id() : text;
  }
}
