package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.VectorField;
import io.freshet.serve.request.HttpError;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What goes into a model and comes out of it. */
public final class Signature {
  /** The name of what comes out of a model of one task: a probability for each instance. */
  public static final String PREDICTIONS = "predictions";

  /** The parameter that says which model of several has scored. */
  public static final String SCORED_BY = "scored_by";

  public static final String PLATFORM = "freshet";

  private static final long ANY = -1;

  /** Of a tensor: -1 is a dimension of any size. */
  public record TensorType(String name, String datatype, List<Long> shape) {}

  private Signature() {}

  /** The version of this server: that in the manifest of its jar. */
  public static String serverVersion() {
    String version = Signature.class.getPackage().getImplementationVersion();
    return Optional.ofNullable(version).orElse("development");
  }

  /** A tensor for each raw feature; each may be left out. */
  public static List<TensorType> inputs(FeatureSchema schema) {
    return schema.fields().stream().flatMap(Signature::inputs).distinct().toList();
  }

  private static Stream<TensorType> inputs(Field field) {
    List<Long> shape =
        field instanceof VectorField
            ? List.of(ANY, (long) field.numbers())
            : field.takesList() ? List.of(ANY, ANY) : List.of(ANY);
    return field.rawNames().stream()
        .map(name -> new TensorType(name, datatype(field, name).name(), shape));
  }

  /** The others than the field's own feature are of numbers. */
  private static Datatype datatype(Field field, String name) {
    return field.namesValues() && name.equals(field.name()) ? Datatype.BYTES : Datatype.FP32;
  }

  /**
   * A tensor for each task.
   *
   * @param tasks their names; none for a model of one task
   */
  public static List<TensorType> outputs(List<String> tasks) {
    return names(tasks).stream()
        .map(name -> new TensorType(name, Datatype.FP32.name(), List.of(ANY)))
        .toList();
  }

  /** The outputs that are asked for, of {@link #outputs}: their places; all where none is named. */
  public static List<Integer> chosen(List<String> asked, List<String> tasks) throws HttpError {
    List<String> names = names(tasks);
    for (String name : asked) {
      if (!names.contains(name)) {
        throw bad(
            "there is no output \"%s\"; expected %s".formatted(name, String.join(", ", names)));
      }
    }
    return (asked.isEmpty() ? names : asked).stream().distinct().map(names::indexOf).toList();
  }

  private static List<String> names(List<String> tasks) {
    return tasks.isEmpty() ? List.of(PREDICTIONS) : tasks;
  }
}
