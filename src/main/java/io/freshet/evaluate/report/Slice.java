package io.freshet.evaluate.report;

import static java.util.Objects.requireNonNull;

/**
 * The examples with one value of a field.
 *
 * @param field name of the field
 * @param value its text; {@link #MISSING}, {@link #OTHER}, or in hexadecimal where none was heard
 */
public record Slice(String field, String value) {
  /** Of examples that lack the field. */
  public static final String MISSING = "(missing)";

  /** Of values that have no separate slice. */
  public static final String OTHER = "(other)";

  public Slice {
    requireNonNull(field, "field");
    requireNonNull(value, "value");
  }
}
