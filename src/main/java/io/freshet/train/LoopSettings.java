package io.freshet.train;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.ExampleAttributes;
import java.io.Serializable;

/**
 * The configuration of the loop's operators.
 *
 * @param attributes the attributes of examples that predictions have
 * @param start how the parameters start
 */
public record LoopSettings(
    FeatureSchema schema,
    ModelSettings model,
    TrainSettings train,
    ExampleAttributes.Choice attributes,
    InitialModel start)
    implements Serializable {

  public LoopSettings {
    requireNonNull(schema, "schema");
    requireNonNull(model, "model");
    requireNonNull(train, "train");
    requireNonNull(attributes, "attributes");
    requireNonNull(start, "start");
  }

  /** Returns settings whose predictions have users only, and whose parameters start new. */
  public static LoopSettings of(FeatureSchema schema, ModelSettings model, TrainSettings train) {
    return new LoopSettings(
        schema, model, train, ExampleAttributes.Choice.USERS, InitialModel.PLAIN);
  }

  public LoopSettings withAttributes(ExampleAttributes.Choice choice) {
    return new LoopSettings(schema, model, train, choice, start);
  }

  public LoopSettings withStart(InitialModel other) {
    return new LoopSettings(schema, model, train, attributes, other);
  }
}
