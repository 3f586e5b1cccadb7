package io.freshet.event.mapping;

import static io.freshet.config.option.ValueType.anyNumber;
import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.oneOf;

import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The options that say where the parts of an event are, of a topic and of each field. */
public final class MappingOptions {
  /** The option of a field. */
  public static final String FROM = "from";

  /** The option of a field whose values have weights. */
  public static final String WEIGHTS_FROM = "weights-from";

  private static final String LABEL = "label";
  private static final String NONE = "none";

  private static final ValueType<ValuePath> PATH = ValuePath.type();

  private final Map<Integer, ValuePath> paths = new HashMap<>();
  private final Map<Integer, ValuePath> weightPaths = new HashMap<>();

  /** Reads those of the impressions. */
  public static EventMapping impressions(Section s) {
    InlineLabel label =
        s.section(
            LABEL,
            MappingOptions::label,
            "Where impressions say their own label, in a topic that is joined already: then nothing"
                + " is waited for, and there are no topics of actions.");
    return read(s, id -> id(id, label), "weight", "Path of the importance weight.", label);
  }

  /** Reads those of the clicks and other actions. */
  public static EventMapping actions(Section s) {
    return read(
        s,
        id -> single(id, "id", "Path of the impression's id.", "impression_id"),
        "action",
        "Path of the action's name.",
        InlineLabel.NONE);
  }

  private static InlineLabel label(Section s) {
    Optional<ValuePath> path =
        s.option("field", "Path of the label: a number from 0 to 1, or a boolean.").find(PATH);
    Optional<Double> atLeast =
        s.option("at-least", "Values from here on are positives, all others negatives.")
            .find(anyNumber());
    Optional<Float> otherwise =
        s.option(
                "default",
                "The label of impressions that have none; by default they are dead letters.")
            .find(number(0, 1));
    if (path.isEmpty()) {
      Stream.of("at-least", "default")
          .filter(s::has)
          .forEach(key -> s.error(key, "not used without label.field; give that path too"));
      return InlineLabel.NONE;
    }
    s.note("field", PATH, path.get());
    atLeast.ifPresent(value -> s.note("at-least", value));
    otherwise.ifPresent(value -> s.note("default", value));
    if (path.get().isOfLists()) {
      s.error("field", path.get().text() + " is of several values; expected a path without []");
    }
    return new InlineLabel(
        true, path.get(), atLeast.orElse(Double.NaN), otherwise.orElse(Float.NaN));
  }

  private static EventMapping read(
      Section s,
      Function<Section, ValuePath> id,
      String own,
      String ownSentence,
      InlineLabel label) {
    boolean isGiven =
        s.option(
                "mapped",
                "Whether records have another shape; true where any other key here is given.")
            .derived(
                bool(),
                label.isGiven()
                    || Stream.of("id", "timestamp", "timestamp-unit", own).anyMatch(s::has));
    EventMapping mapping =
        new EventMapping(
            isGiven,
            id.apply(s),
            single(s, "timestamp", "Path of the event time.", "timestamp"),
            s.option(
                    "timestamp-unit",
                    "What the event time is in; `kafka` is the timestamp of the Kafka record"
                        + " itself, and needs no path.")
                .get(oneOf(TimestampUnit.class), TimestampUnit.MS),
            single(s, own, ownSentence, own),
            label);
    EventMapping none =
        new EventMapping(
            false,
            new ValuePath("impression_id"),
            new ValuePath("timestamp"),
            TimestampUnit.MS,
            new ValuePath(own),
            InlineLabel.NONE);
    if (!isGiven && !mapping.equals(none)) {
      s.error("mapped", "false, but the other keys say that it is; leave it out");
    }
    return mapping;
  }

  private static ValuePath id(Section s, InlineLabel label) {
    ValuePath path =
        s.option(
                "id",
                "Path of the impression's id; `none` where records have none but their label: then"
                    + " their place in the topic is taken.")
            .get(PATH.or(NONE, ValuePath.NONE), new ValuePath("impression_id"));
    if (path.isNone() && !label.isGiven()) {
      s.error("id", "none, but clicks name the impression; give the path of its id");
    }
    return checked(s, "id", path);
  }

  private static ValuePath single(Section s, String key, String sentence, String otherwise) {
    return checked(s, key, s.option(key, sentence).get(PATH, new ValuePath(otherwise)));
  }

  private static ValuePath checked(Section s, String key, ValuePath path) {
    if (path.isOfLists()) {
      s.error(key, path.text() + " is of several values; expected a path without []");
    }
    return path;
  }

  /** Reads that of the field of a number. */
  public void field(int number, Section s) {
    s.option(
            FROM,
            "Path of the raw feature in impressions, such as `user.id` or `items[].id`; by default"
                + " its name, at the top or under `features`.")
        .find(PATH)
        .ifPresent(path -> paths.put(number, s.note(FROM, PATH, path)));
    s.option(
            WEIGHTS_FROM,
            "Path of the feature that `weights` names, such as `items[].score`; by default that"
                + " name, at the top or under `features`.")
        .find(PATH)
        .ifPresent(path -> weightPaths.put(number, s.note(WEIGHTS_FROM, PATH, path)));
  }

  /** The paths of fields that have one, by the fields' numbers. */
  public Map<Integer, ValuePath> paths() {
    return Map.copyOf(paths);
  }

  /** The same of the weights of their values. */
  public Map<Integer, ValuePath> weightPaths() {
    return Map.copyOf(weightPaths);
  }
}
