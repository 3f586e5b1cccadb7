package io.freshet.model.optimizer;

import static io.freshet.config.option.ValueType.number;
import static java.util.stream.Collectors.toSet;

import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import io.freshet.feature.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The options of each of the {@code features} that say how its rows are learned. */
public final class FieldLearningOptions {
  private static final ValueType<Float> L2 = number(0, 1000);

  private final List<OneField> fields = new ArrayList<>();

  private record OneField(int number, Section section, float rate, Optional<Float> l2) {}

  /** Reads those of one field. */
  public void read(int number, Section s) {
    float rate =
        s.option("rate-factor", "Factor on the learning rate of the field's rows.")
            .get(number(0.001, 1000), 1f);
    Optional<Float> l2 = s.option("l2", "L2 penalty on the rows; `model.l2` by default.").find(L2);
    fields.add(new OneField(number, s, rate, l2));
  }

  /**
   * The fields whose rows are learned otherwise than the others.
   *
   * @param l2 of fields that give none
   * @param all fields that there are
   */
  public List<FieldLearning> fields(float l2, List<Field> all) {
    Set<Integer> sharing =
        all.stream().filter(f -> !f.shares().isEmpty()).map(Field::number).collect(toSet());
    List<FieldLearning> others = new ArrayList<>();
    for (OneField field : fields) {
      if (sharing.contains(field.number())) {
        continue; // its rows are another field's
      }
      float penalty = field.l2().orElse(l2);
      field.section().note("l2", L2, penalty);
      if (field.rate() != 1 || penalty != l2) {
        others.add(new FieldLearning(field.number(), field.rate(), penalty));
      }
    }
    return others;
  }
}
