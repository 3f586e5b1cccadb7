package io.freshet.model;

import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import io.freshet.feature.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The option of each of the {@code features} that says how long its embeddings are. */
public final class FieldSizeOptions {
  public static final String KEY = "embedding-size";
  static final ValueType<Integer> SIZE = wholeNumber(1, 512);

  private final Map<Integer, OneField> fields = new HashMap<>(); // by number

  private record OneField(Section section, Optional<Integer> size) {}

  /** Reads that of one field. */
  public void read(int number, Section s) {
    Optional<Integer> size =
        s.option(
                KEY,
                "Length of the embeddings in the field's rows; `model.embedding-size` by default,"
                    + " and at most that, to which a learned projection brings them.")
            .find(SIZE);
    fields.put(number, new OneField(s, size));
  }

  /**
   * The sizes of fields whose embeddings are shorter than the model's, by number; reports those
   * that are longer.
   *
   * @param all fields that there are
   */
  public Map<Integer, Integer> sizes(ModelSettings model, List<Field> all) {
    Map<Integer, Integer> shorter = new HashMap<>();
    for (Field field : all) {
      Optional<Field> owner =
          field.shares().isEmpty()
              ? Optional.of(field)
              : all.stream().filter(f -> f.name().equals(field.shares())).findFirst();
      owner
          .map(f -> fields.get(f.number()))
          .flatMap(OneField::size)
          .filter(size -> size < model.embeddingSize())
          .ifPresent(size -> shorter.put(field.number(), size));
      if (owner.equals(Optional.of(field))) {
        check(fields.get(field.number()), model);
      }
    }
    return shorter;
  }

  private static void check(OneField field, ModelSettings model) {
    if (!model.kind().embeds()) {
      field.section().noteNothing(KEY);
      if (field.size().isPresent()) {
        field.section().error(KEY, model.kind().key() + " has no embeddings: leave it out");
      }
      return;
    }
    int size = field.size().orElse(model.embeddingSize());
    field.section().note(KEY, SIZE, size);
    if (size > model.embeddingSize()) {
      field
          .section()
          .error(
              KEY,
              "%s is above model.embedding-size, %s; expected at most that"
                  .formatted(size, model.embeddingSize()));
    }
  }
}
