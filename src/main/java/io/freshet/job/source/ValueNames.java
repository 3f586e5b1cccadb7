package io.freshet.job.source;

import io.freshet.event.FeatureValues;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.ValueHash;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reports the texts of the values of some categorical and multi fields, each value once: what
 * examples hold of them is a hash. At most {@value #MAX_VALUES} values of a field are reported.
 *
 * <p>Not thread-safe.
 */
public final class ValueNames {
  private static final int MAX_VALUES = 1000;
  private static final int MAX_LENGTH = 100;

  private final Map<Integer, Field> fields = new HashMap<>(); // by raw feature
  private final Map<Integer, Set<Long>> reported = new HashMap<>();

  /** The names of the fields' values. */
  public ValueNames(FeatureSchema schema, Collection<String> names) {
    for (String name : names) {
      fields.put(schema.rawNames().indexOf(name), schema.fields().get(schema.index(name)));
    }
  }

  /** The texts of values that were not reported before, by their feature ids. */
  public Map<Long, String> fresh(FeatureValues values) {
    Map<Long, String> fresh = new HashMap<>();
    for (Map.Entry<Integer, Field> field : fields.entrySet()) {
      int first = values.first(field.getKey());
      Set<Long> known = reported.computeIfAbsent(field.getKey(), f -> new HashSet<>());
      for (int value = first; value < first + values.count(field.getKey()); value++) {
        long fid = Fids.of(field.getValue().number(), ValueHash.of(values, value));
        if (known.size() < MAX_VALUES && known.add(fid)) {
          fresh.put(fid, text(values, value));
        }
      }
    }
    return fresh;
  }

  private static String text(FeatureValues values, int value) {
    if (values.type(value) == FeatureValues.Type.DOUBLE) {
      return String.valueOf(values.number(value));
    }
    String text =
        new String(
            values.utf8(),
            values.textStart(value),
            values.textLength(value),
            StandardCharsets.UTF_8);
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
