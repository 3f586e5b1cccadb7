package io.freshet.feature.history;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.RecordedId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongFunction;

/**
 * Which sequences are filled from what users did, and how.
 *
 * <p>A sequence of an impression shown at t holds the user's last actions strictly before t, so
 * that neither the impression's own click nor anything later is in it, whenever its label is
 * learned. A sequence that the event carries stays as it is. The order in which actions are added
 * does not matter, as long as all before t are there when the sequence is filled.
 *
 * <p>Each pass over a recording but the last has its own histories: else those of a later pass held
 * the very clicks that it is to learn.
 *
 * <p>A history is published under an id of its own: {@link #publishedId}.
 */
public final class Histories implements Serializable {
  /** Actions of one user and sequence that are kept in addition to its length. */
  static final int MARGIN = 1024;

  /** No sequence is filled. */
  public static final Histories NONE = new Histories(0, Map.of(), false);

  private static final long serialVersionUID = 1L;
  private static final String OF_PASS = ":"; // ends the pass ahead of a user
  private static final long VALUE_MASK = (1L << Fids.VALUE_BITS) - 1;

  private final int userField;
  private final Map<Integer, Filled> sequences; // by number
  private final boolean isKept;

  /**
   * A sequence that is filled.
   *
   * @param of number of the field whose values it holds
   * @param most values
   * @param expireAfter milliseconds
   */
  private record Filled(int number, int of, int most, Set<String> actions, long expireAfter)
      implements Serializable {
    long since(long time) {
      return time < Long.MIN_VALUE + expireAfter ? Long.MIN_VALUE : time - expireAfter;
    }
  }

  private Histories(int userField, Map<Integer, Filled> sequences, boolean isKept) {
    this.userField = userField;
    this.sequences = sequences;
    this.isKept = isKept;
  }

  /** Those that the fields ask for. */
  public static Histories of(FeatureSchema schema) {
    int userField = 0;
    Map<Integer, Filled> sequences = new TreeMap<>();
    for (var field : schema.fields()) {
      if (field instanceof SequenceField sequence && sequence.isFilled()) {
        History history = sequence.history();
        userField = schema.field(history.field()).orElseThrow().number();
        sequences.put(
            sequence.number(),
            new Filled(
                sequence.number(),
                schema.field(history.of()).orElseThrow().number(),
                sequence.pooling() == Pooling.LAST ? 1 : sequence.length(),
                Set.copyOf(history.actions()),
                history.expireAfter()));
      }
    }
    return new Histories(userField, sequences, false);
  }

  /** These, for state that has histories: they count as some even if no sequence is filled. */
  public Histories kept() {
    return new Histories(userField, sequences, true);
  }

  /** Whether there is nothing to fill. */
  public boolean isEmpty() {
    return sequences.isEmpty() && !isKept;
  }

  /** Whose history it is; of an impression without a user, one that has no actions. */
  public String user(String impressionId, Example example) {
    int at = first(example, userField);
    if (at < 0 || example.fids()[at] == Fids.missing(userField)) {
      return '?' + impressionId;
    }
    return passOf(impressionId) + Long.toHexString(example.fids()[at]);
  }

  /**
   * What is published of a user's history, without actions where it is over; nothing of one that no
   * request asks for: of an earlier pass, of a sequence that is not filled any more, or of what was
   * the user when another field named it.
   */
  public Optional<PublishedHistory> published(String user, int number, ActionHistory history) {
    Filled sequence = sequences.get(number);
    if (sequence == null || user.charAt(0) == '?' || user.contains(OF_PASS)) {
      return Optional.empty();
    }
    long fid = Long.parseUnsignedLong(user, 16);
    return Fids.field(fid) == userField
        ? Optional.of(new PublishedHistory(publishedId(number, fid), history.last(sequence.most)))
        : Optional.empty();
  }

  /**
   * Says which sequences are filled, and which field names users: when it changes, all histories
   * are published again, and what was before does not count. Empty where none is filled.
   */
  public String publishedAs() {
    return sequences.isEmpty() ? "" : userField + ":" + sequences.keySet();
  }

  /**
   * The example of a request with its sequences.
   *
   * @param time of the request
   * @param published histories by their ids; null where there is none
   */
  public Example served(Example example, long time, LongFunction<ActionHistory> published) {
    int at = first(example, userField);
    if (at < 0 || example.fids()[at] == Fids.missing(userField)) {
      return example;
    }
    long user = example.fids()[at];
    return filled(example, time, number -> published.apply(publishedId(number, user)));
  }

  /**
   * The id of what is published of a user: made as a feature id, of the sequence's number and the
   * user's value.
   *
   * @param user feature id
   */
  public static long publishedId(int sequence, long user) {
    return Fids.of(sequence, user);
  }

  private static String passOf(String impressionId) {
    if (!RecordedId.isRecorded(impressionId)) {
      return "";
    }
    RecordedId id = RecordedId.parse(impressionId);
    return id.shift() == 0 ? "" : id.pass() + OF_PASS;
  }

  /** What an action on an impression adds to its user's histories. */
  public List<UserAction> actions(String impressionId, Example example, String action, long time) {
    String user = user(impressionId, example);
    List<UserAction> added = new ArrayList<>();
    for (Filled sequence : user.charAt(0) == '?' ? List.<Filled>of() : sequences.values()) {
      if (sequence.actions.contains(action)) {
        int at = first(example, sequence.of);
        for (int i = at; i >= 0 && i < end(example, at); i++) {
          if (example.fids()[i] != Fids.missing(sequence.of)) {
            added.add(new UserAction(user, sequence.number, time, example.fids()[i] & VALUE_MASK));
          }
        }
      }
    }
    return added;
  }

  /**
   * A history with one more action, and without what is not asked for any more.
   *
   * @param from time of the earliest impression whose sequence may still be filled
   */
  public ActionHistory add(ActionHistory before, UserAction action, long from) {
    Filled sequence = sequences.get(action.sequence());
    ActionHistory history = before == null ? ActionHistory.NONE : before;
    return history
        .with(action.time(), action.value())
        .pruned(from, sequence.since(from), sequence.most, sequence.most + MARGIN);
  }

  /** Whether a sequence of no impression from a time on holds any of it. */
  public boolean isOver(int number, ActionHistory history, long from) {
    Filled sequence = sequences.get(number);
    return sequence == null || history.newest() < sequence.since(from);
  }

  /** How long an action counts at most, in milliseconds. */
  public long expireAfter() {
    return sequences.values().stream().mapToLong(Filled::expireAfter).max().orElse(0);
  }

  /**
   * The example with its sequences.
   *
   * @param shown when the impression was
   * @param histories of the user by the sequence's number; null where there is none
   */
  public Example filled(Example example, long shown, IntFunction<ActionHistory> histories) {
    Example filled = example;
    for (Filled sequence : sequences.values()) {
      int at = first(filled, sequence.number);
      if (at >= 0 && filled.fids()[at] == Fids.missing(sequence.number)) {
        ActionHistory history = histories.apply(sequence.number);
        long[] values =
            history == null
                ? new long[0]
                : history.before(shown, sequence.since(shown), sequence.most);
        filled = values.length == 0 ? filled : with(filled, at, sequence.number, values);
      }
    }
    return filled;
  }

  private static Example with(Example example, int at, int number, long[] sequence) {
    int more = sequence.length - 1;
    int n = example.occurrences();
    long[] fids = Arrays.copyOf(example.fids(), n + more);
    float[] values = Arrays.copyOf(example.values(), n + more);
    System.arraycopy(example.fids(), at + 1, fids, at + 1 + more, n - at - 1);
    System.arraycopy(example.values(), at + 1, values, at + 1 + more, n - at - 1);
    for (int i = 0; i < sequence.length; i++) {
      fids[at + i] = Fids.of(number, sequence[i]);
      values[at + i] = 1f / sequence.length;
    }
    return new Example(example.user(), fids, values);
  }

  private static int first(Example example, int field) {
    for (int i = 0; i < example.occurrences(); i++) {
      if (Fids.field(example.fids()[i]) == field) {
        return i;
      }
    }
    return -1;
  }

  /** The index after the last occurrence of the field that the occurrence at an index is of. */
  private static int end(Example example, int at) {
    int end = at;
    while (end < example.occurrences()
        && Fids.field(example.fids()[end]) == Fids.field(example.fids()[at])) {
      end++;
    }
    return end;
  }
}
