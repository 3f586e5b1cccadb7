package io.freshet.model;

import static java.util.Objects.requireNonNull;

import io.freshet.model.optimizer.Checks;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which features have a row of the embedding table, and for how long.
 *
 * @param otherwise the rule of the fields that are not listed: those that were removed; the bias,
 *     field number 0, is admitted and never expires
 * @param fields a rule for each field, by its number
 * @param maxRows rows of the whole table at most; {@link #UNBOUNDED} for no limit
 * @param sketchBytes memory of the sketch, of all shards together
 */
public record TableSettings(Rule otherwise, List<FieldRule> fields, long maxRows, int sketchBytes)
    implements Serializable {
  public static final long UNBOUNDED = Long.MAX_VALUE;
  public static final int SKETCH_BYTES = 16 << 20;

  /** Every feature gets a row at once and keeps it. */
  public static final TableSettings OFF =
      new TableSettings(Rule.NONE, List.of(), UNBOUNDED, SKETCH_BYTES);

  /**
   * When features get a row, and when they lose it.
   *
   * @param expiry event time since the feature was last seen, after which its row goes; zero for
   *     never
   */
  public record Rule(Admission admission, Duration expiry) implements Serializable {
    public static final Rule NONE = new Rule(Admission.ALL, Duration.ZERO);

    public Rule {
      requireNonNull(admission, "admission");
      if (expiry.isNegative()) {
        throw new IllegalArgumentException("expiry is " + expiry + " but must not be negative");
      }
    }
  }

  /** The rule of one field. */
  public record FieldRule(int number, String name, Rule rule) implements Serializable {
    public FieldRule {
      requireNonNull(name, "name");
      requireNonNull(rule, "rule");
    }
  }

  public TableSettings {
    requireNonNull(otherwise, "otherwise");
    fields = List.copyOf(fields);
    if (maxRows < 1) {
      throw new IllegalArgumentException("max rows is " + maxRows + " but must be 1 or more");
    }
    Checks.atLeastOne("sketch bytes", sketchBytes);
  }

  /** Whether any feature has to wait for its row, or may lose it. */
  public boolean isOn() {
    return losesRows() || !otherwise.equals(Rule.NONE) || !zeroFields().isEmpty();
  }

  /** Whether any feature may lose its row. */
  public boolean losesRows() {
    return maxRows < UNBOUNDED
        || !otherwise.expiry().isZero()
        || fields.stream().anyMatch(field -> !field.rule().expiry().isZero());
  }

  /** Numbers of the fields whose features read as zero while they have no row. */
  public Set<Integer> zeroFields() {
    return fields.stream()
        .filter(field -> !field.rule().admission().equals(Admission.ALL))
        .map(FieldRule::number)
        .collect(Collectors.toUnmodifiableSet());
  }
}
