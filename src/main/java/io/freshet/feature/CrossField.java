package io.freshet.feature;

import static io.freshet.config.option.ValueType.text;
import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureNames;
import io.freshet.feature.FieldKinds.FieldKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Every combination of the values of other fields, mean-pooled; they are categorical, multi or
 * numeric in buckets. {@link Encoder} combines what those were encoded to.
 */
public record CrossField(String name, int number, List<String> of) implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "cross",
          "Every combination of the values of other fields.",
          CrossField.class,
          (name, number, s) ->
              new CrossField(
                  name,
                  number,
                  s.option("of", "The fields to combine, each categorical or multi and named once.")
                      .requireList(text(), 2)));

  public CrossField {
    requireNonNull(name, "name");
    of = List.copyOf(of);
  }

  @Override
  public boolean isRaw() {
    return false;
  }

  @Override
  public String describe() {
    return Field.super.describe() + " of " + String.join(", ", of);
  }

  @Override
  public String stateText() {
    return name + ", cross of " + of;
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    throw new IllegalStateException("no raw feature belongs to " + this);
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (of.size() < 2) {
      problems.accept(place + ".of: names " + of.size() + " fields; expected two or more");
    }
    if (new HashSet<>(of).size() < of.size()) {
      problems.accept(place + ".of: " + of + " names a field twice");
    }
    List<String> crossable =
        fields.stream().filter(CrossField::isCrossable).map(Field::name).toList();
    Map<String, Field> byName = new HashMap<>();
    fields.forEach(field -> byName.putIfAbsent(field.name(), field));
    for (String part : of) {
      if (!byName.containsKey(part) || !isCrossable(byName.get(part))) {
        problems.accept(
            place
                + ".of: %s is no categorical, multi or bucketed field; expected fields of %s"
                    .formatted(part, crossable));
      }
    }
  }

  private static boolean isCrossable(Field field) {
    return field.isRaw() && !field.carriesNumber();
  }

  /**
   * Combines the ids of other fields: the id of a combination is the {@link ValueHash#mix} of its
   * parts' ids, from the first on, and each of n combinations has the value 1/n. A missing part
   * takes part by its missing id.
   */
  static final class Encoder {
    private final CrossField field;
    private final int[] parts;

    Encoder(CrossField field, FeatureSchema schema) {
      this.field = field;
      parts = field.of().stream().mapToInt(schema::index).toArray();
    }

    /** The number of combinations, at most {@link Integer#MAX_VALUE}. */
    int count(Occurrences plain) {
      long count = 1;
      for (int part : parts) {
        count = Math.min(count * plain.count(part), Integer.MAX_VALUE);
      }
      return (int) count;
    }

    /** Writes the combinations from {@code at} on; returns the index after the last. */
    int encode(Occurrences plain, long[] fids, float[] values, int at) {
      int end = write(plain, 0, 0, fids, at);
      Arrays.fill(values, at, end, 1f / (end - at));
      return end;
    }

    private int write(Occurrences plain, int part, long before, long[] fids, int at) {
      if (part == parts.length) {
        fids[at] = Fids.of(field.number(), before);
        return at + 1;
      }
      int next = at;
      for (int i = plain.start(parts[part]); i < plain.end(parts[part]); i++) {
        long id = part == 0 ? plain.fid(i) : ValueHash.mix(before, plain.fid(i));
        next = write(plain, part + 1, id, fids, next);
      }
      return next;
    }
  }
}
