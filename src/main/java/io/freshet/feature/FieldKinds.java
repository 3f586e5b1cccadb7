package io.freshet.feature;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import java.util.List;

/** The kinds of fields there are, and their names in JSON. */
final class FieldKinds extends TypeIdResolverBase {
  private static final List<FieldKind> ALL =
      List.of(
          CategoricalField.KIND,
          MultiField.KIND,
          NumericField.KIND,
          SequenceField.KIND,
          ParallelField.KIND,
          VectorField.KIND,
          CrossField.KIND);

  /**
   * A kind of field, as it is declared once.
   *
   * @param name as configurations and manifests have it
   * @param sentence says what it is
   * @param type of its fields
   * @param reader makes one of the options that only this kind has
   */
  record FieldKind(String name, String sentence, Class<? extends Field> type, Reader reader) {
    /** Reads a field of this kind. */
    @FunctionalInterface
    interface Reader {
      Field read(String name, int number, Section options);
    }
  }

  /** What a configuration can choose from, for a field of the name and number. */
  static List<Kind<Field>> options(String name, int number) {
    return ALL.stream()
        .map(k -> new Kind<>(k.name(), k.sentence(), s -> k.reader().read(name, number, s)))
        .toList();
  }

  static String name(Object field) {
    return ALL.stream()
        .filter(kind -> kind.type() == field.getClass())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(field + " is of no kind that is listed"))
        .name();
  }

  @Override
  public String idFromValue(Object field) {
    return name(field);
  }

  @Override
  public String idFromValueAndType(Object field, Class<?> type) {
    return name(field);
  }

  @Override
  public JavaType typeFromId(DatabindContext context, String name) {
    return ALL.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .map(kind -> context.constructType(kind.type()))
        .orElse(null); // what databind asks for where there is none
  }

  @Override
  public String getDescForKnownTypeIds() {
    return ALL.stream().map(FieldKind::name).collect(joining(", "));
  }

  @Override
  public JsonTypeInfo.Id getMechanism() {
    return JsonTypeInfo.Id.CUSTOM;
  }
}
