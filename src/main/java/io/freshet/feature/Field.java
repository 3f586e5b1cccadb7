package io.freshet.feature;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;
import io.freshet.event.FeatureNames;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * One field of the features: how its raw value becomes feature ids. A kind of field is one file
 * that implements this, and one entry of {@link FieldKinds}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.CUSTOM, property = "kind")
@JsonTypeIdResolver(FieldKinds.class)
public interface Field extends Serializable {

  /** The name of the raw feature, and of the field. */
  String name();

  /** The number in the high bits of the field's ids, 1 to {@link Fids#MAX_FIELD}. */
  int number();

  /** The encoder of its raw features among those named; empty memory, for one thread. */
  FieldEncoder encoder(FeatureNames names);

  /** What its ids depend on, as text that is kept in state: it never changes. */
  String stateText();

  /** Name of the field whose rows its values have; empty where they have rows of their own. */
  default String shares() {
    return "";
  }

  /** The option that names the field whose rows it has. */
  default String sharesKey() {
    return "shares";
  }

  /** The kind and what it is of, for people. */
  default String describe() {
    return FieldKinds.name(this) + sharing();
  }

  /** What its description says of rows that it shares. */
  default String sharing() {
    return shares().isEmpty() ? "" : ", rows of " + shares();
  }

  /** Whether events carry a feature of its name. */
  default boolean isRaw() {
    return true;
  }

  /** The names of the features of events that it reads, the first of them its own. */
  default List<String> rawNames() {
    return isRaw() ? List.of(name()) : List.of();
  }

  /** Whether events may do without it, as the learner fills it then. */
  default boolean isFilled() {
    return false;
  }

  /** Whether its raw feature may be a list. */
  default boolean takesList() {
    return false;
  }

  /** Whether the values of its raw feature may have weights. */
  default boolean takesWeights() {
    return false;
  }

  /** How many numbers the field carries instead of naming values by ids. */
  default int numbers() {
    return 0;
  }

  /** Whether the field carries numbers. */
  default boolean carriesNumber() {
    return numbers() > 0;
  }

  /** Whether its raw values are names, so that they can be sliced by. */
  default boolean namesValues() {
    return false;
  }

  /**
   * The raw value that a text stands for.
   *
   * @throws NumberFormatException if the field takes numbers and it is none
   */
  default Object rawValue(String text) {
    return text;
  }

  /**
   * Reports what is wrong with the field among the others.
   *
   * @param place as in {@code features[2]}
   */
  default void check(String place, List<Field> fields, Consumer<String> problems) {}
}
