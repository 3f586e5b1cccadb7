package io.freshet.feature;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;

/** One field of the features: how its raw value becomes feature ids. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "categorical", value = Field.Categorical.class),
  @JsonSubTypes.Type(name = "multi", value = Field.Multi.class),
  @JsonSubTypes.Type(name = "numeric", value = Field.Numeric.class),
  @JsonSubTypes.Type(name = "cross", value = Field.Cross.class)
})
public sealed interface Field extends Serializable {

  /** The name of the raw feature, and of the field. */
  String name();

  /** The number in the high bits of the field's ids, 1 to {@link Fids#MAX_FIELD}. */
  int number();

  /** Whether the field carries a number instead of naming values by ids. */
  default boolean carriesNumber() {
    return this instanceof Numeric numeric && !(numeric.transform() instanceof Transform.Buckets);
  }

  /** One id for each distinct value. */
  record Categorical(String name, int number) implements Field {
    public Categorical {
      requireNonNull(name, "name");
    }
  }

  /** Several values, mean-pooled: n values count 1/n each. */
  record Multi(String name, int number) implements Field {
    public Multi {
      requireNonNull(name, "name");
    }
  }

  /** A number. */
  record Numeric(String name, int number, Transform transform) implements Field {
    public Numeric {
      requireNonNull(name, "name");
      requireNonNull(transform, "transform");
    }
  }

  /**
   * Every combination of the values of other fields, mean-pooled; they are categorical, multi or
   * numeric in buckets.
   */
  record Cross(String name, int number, List<String> of) implements Field {
    public Cross {
      requireNonNull(name, "name");
      of = List.copyOf(of);
    }
  }

  /** What happens to a number on its way to the model. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(name = "identity", value = Transform.Identity.class),
    @JsonSubTypes.Type(name = "log", value = Transform.Log.class),
    @JsonSubTypes.Type(name = "standardize", value = Transform.Standardize.class),
    @JsonSubTypes.Type(name = "buckets", value = Transform.Buckets.class)
  })
  sealed interface Transform extends Serializable {
    /** x as it is. */
    record Identity() implements Transform {}

    /** sign(x) ln(1 + |x|). */
    record Log() implements Transform {}

    /** (x - mean) / deviation. */
    record Standardize(double mean, double deviation) implements Transform {}

    /** The number of bounds that are not above x, as a categorical value; bounds ascend. */
    record Buckets(List<Double> bounds) implements Transform {
      public Buckets {
        bounds = List.copyOf(bounds);
      }
    }
  }
}
