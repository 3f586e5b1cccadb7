package io.freshet.feature;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.event.Click;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.feature.FieldKinds.FieldKind;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The last values that another field had for the same user, newest first: with that field's rows,
 * pooled to one embedding. A value that is no list is a list of one.
 *
 * @param of name of the field whose values they are
 * @param length how many count at most, from the newest on
 * @param attention by which they are pooled; null where they are pooled otherwise
 * @param history from which it is filled where the event does not carry it; null for nothing
 */
public record SequenceField(
    String name,
    int number,
    String of,
    int length,
    Pooling pooling,
    @JsonInclude(Include.NON_NULL) Attention attention,
    @JsonInclude(Include.NON_NULL) History history)
    implements Field {
  private static final int MAX_LENGTH = 1000;

  static final FieldKind KIND =
      new FieldKind(
          "sequence",
          "The last values that another field had, newest first, pooled.",
          SequenceField.class,
          SequenceField::read);

  /**
   * How values are weighed by what they have to do with a target.
   *
   * @param target name of the field whose embedding they are compared with
   * @param units of the hidden layer of DIN's activation unit; 0 for a scaled dot product
   */
  public record Attention(String target, int units, boolean softmax) implements Serializable {}

  /**
   * What of the user's own actions fills it.
   *
   * @param field name of the categorical field that names the user
   * @param of name of the field whose values are kept
   * @param actions which count
   * @param expireAfter how long they count, in milliseconds of event time
   */
  public record History(String field, String of, List<String> actions, long expireAfter)
      implements Serializable {
    public History {
      requireNonNull(field, "field");
      requireNonNull(of, "of");
      actions = List.copyOf(actions);
    }
  }

  /** What one embedding is made of those of the values. */
  public enum Pooling {
    /** Their sum, weighed by attention to a target. */
    ATTENTION,
    /** Their mean. */
    MEAN,
    /** The newest one's. */
    LAST
  }

  public SequenceField {
    requireNonNull(name, "name");
    requireNonNull(of, "of");
    requireNonNull(pooling, "pooling");
    if (pooling == Pooling.ATTENTION) {
      requireNonNull(attention, "attention");
    }
  }

  /** A field without attention, which events carry. */
  public SequenceField(String name, int number, String of, int length, Pooling pooling) {
    this(name, number, of, length, pooling, null);
  }

  /** A field that events carry. */
  public SequenceField(
      String name, int number, String of, int length, Pooling pooling, Attention attention) {
    this(name, number, of, length, pooling, attention, null);
  }

  /** Returns a copy that is filled from a history where events do not carry it. */
  public SequenceField withHistory(History other) {
    return new SequenceField(name, number, of, length, pooling, attention, other);
  }

  /** Whether its values attend to a target. */
  public boolean attends() {
    return attention != null;
  }

  /** How many values count at most. */
  int most() {
    return pooling == Pooling.LAST ? 1 : length;
  }

  private static SequenceField read(String name, int number, Section s) {
    String of =
        s.option(
                "of", "Categorical or multi field whose values they are, and whose rows they have.")
            .require(text())
            .orElse("");
    int length =
        s.option("length", "How many values count at most, from the newest on.")
            .get(wholeNumber(1, MAX_LENGTH), 50);
    List<Kind<SequenceField>> poolings =
        List.of(
            new Kind<>(
                "mean",
                "The mean of their embeddings.",
                k -> new SequenceField(name, number, of, length, Pooling.MEAN)),
            new Kind<>(
                "last",
                "The embedding of the newest.",
                k -> new SequenceField(name, number, of, length, Pooling.LAST)),
            new Kind<>(
                "attention",
                "Their sum, weighed by what they have to do with a target.",
                k ->
                    new SequenceField(
                        name, number, of, length, Pooling.ATTENTION, attention(of, k))));
    SequenceField field =
        s.kind("pooling", poolings, "mean", "What one embedding is made of the values'.");
    return field.withHistory(history(of, s));
  }

  private static History history(String of, Section s) {
    Section h =
        s.section(
            "history",
            "The job keeps what each user did, and fills the sequence of events that come"
                + " without.");
    History history =
        new History(
            h.option("field", "Categorical field that names the user.").get(text(), "user"),
            h.option("of", "Field whose values are kept; that of the sequence by default.")
                .derived(text(), of),
            h.option("actions", "Which actions count, of those that the label counts.")
                .list(text(), List.of(Click.CLICK)),
            h.option("expire-after", "How long an action counts, in event time.")
                .get(duration("1 min", "3650 d"), Duration.ofDays(90))
                .toMillis());
    if (s.has("history")) {
      return history;
    }
    s.noteNothing("history");
    return null;
  }

  private static Attention attention(String of, Section s) {
    String target =
        s.option("target", "Field whose embedding they are compared with; `of` by default.")
            .derived(text(), of);
    List<Kind<Integer>> scores =
        List.of(
            new Kind<>(
                "din",
                "DIN's activation unit: a hidden layer.",
                k -> k.option("units", "Units of the hidden layer.").get(wholeNumber(1, 512), 36)),
            new Kind<>("dot", "Scaled dot product.", k -> 0));
    int units = s.kind("score", scores, "din", "How they are compared.");
    boolean softmax =
        s.option(
                "softmax",
                "Whether the weights of a sequence add up to 1; by default as in the papers, false"
                    + " for din and true for dot.")
            .derived(bool(), units == 0);
    return new Attention(target, units, softmax);
  }

  @Override
  public String shares() {
    return of;
  }

  @Override
  public String sharesKey() {
    return "of";
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public boolean isFilled() {
    return history != null;
  }

  @Override
  public boolean takesList() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", sequence of " + of;
  }

  @Override
  public String describe() {
    return "sequence of " + of;
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (length < 1) {
      problems.accept(place + ".length: " + length + "; expected at least 1");
    }
    if (history != null) {
      checkHistory(place + ".history", fields, problems);
    }
    if (attends()
        && fields.stream().noneMatch(f -> f.name().equals(attention.target) && isTarget(f))) {
      problems.accept(
          place
              + ".target: %s is no categorical or multi field; expected one of %s"
                  .formatted(
                      attention.target,
                      fields.stream().filter(SequenceField::isTarget).map(Field::name).toList()));
    }
  }

  private void checkHistory(String place, List<Field> fields, Consumer<String> problems) {
    if (fields.stream()
        .noneMatch(f -> f.name().equals(history.field) && f instanceof CategoricalField)) {
      problems.accept(place + ".field: " + history.field + " is no categorical field");
    }
    if (fields.stream().noneMatch(f -> f.name().equals(history.of) && isTarget(f))) {
      problems.accept(place + ".of: " + history.of + " is no categorical or multi field");
    }
  }

  static boolean isTarget(Field field) {
    return field.namesValues()
        && !(field instanceof SequenceField)
        && !(field instanceof ParallelField);
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return new FieldEncoder(this, names) {
      @Override
      void encodePresent(FeatureValues values, Occurrences to) {
        int first = values.first(feature);
        int count = Math.min(values.count(feature), most());
        for (int value = first; value < first + count; value++) {
          to.add(Fids.of(number, ValueHash.of(values, value)), 1f / count);
        }
      }
    };
  }
}
