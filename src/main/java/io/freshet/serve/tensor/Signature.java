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
  /** The name of what comes out: a click probability for each instance. */
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

  public static List<TensorType> outputs() {
    return List.of(new TensorType(PREDICTIONS, Datatype.FP32.name(), List.of(ANY)));
  }

  /** Refuses outputs that there are not. */
  public static void checkOutputs(List<String> asked) throws HttpError {
    for (String name : asked) {
      if (!name.equals(PREDICTIONS)) {
        throw bad("there is no output \"%s\"; expected %s".formatted(name, PREDICTIONS));
      }
    }
  }
}
