package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.serve.request.HttpError;
import java.util.List;
import java.util.Optional;

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
    return schema.fields().stream().filter(Field::isRaw).map(Signature::input).toList();
  }

  private static TensorType input(Field field) {
    Datatype datatype = field.namesValues() ? Datatype.BYTES : Datatype.FP32;
    List<Long> shape = field instanceof MultiField ? List.of(ANY, ANY) : List.of(ANY);
    return new TensorType(field.name(), datatype.name(), shape);
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
