package io.freshet.interop.torch;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.interop.torch.ImportMapping.FieldTensors;
import io.freshet.model.ModelKind;
import io.freshet.model.Safeguards;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The gauge of an imported model: the base rate and the numbers as the mapping says, and experts of
 * which the whole model has all but a millionth of the weight.
 *
 * <p>That little keeps predictions the model's own within 10<sup>-6</sup>, and still lets a learner
 * that goes on from it turn away from the model, should it be of no use to the stream: an expert of
 * weight 10<sup>-6</sup> is 13 nats behind, which a hundred badly predicted examples make up.
 */
final class ImportedGauge {
  private static final double OTHERS = 1e-6; // weight of all experts but the whole model

  private ImportedGauge() {}

  /**
   * The gauge.
   *
   * @param offset log odds of the base rate
   */
  static PublishedGauge of(
      FeatureSchema schema,
      ImportMapping mapping,
      ModelKind kind,
      Safeguards safeguards,
      double offset)
      throws IOException {
    Gauge gauge = new Gauge(schema, kind, safeguards, true);
    List<NumberScale> scales = new ArrayList<>();
    for (Field field : numberFields(schema)) {
      Optional<FieldTensors> theirs = find(mapping, field);
      scales.add(
          theirs
              .map(f -> new NumberScale(f.unit(), f.mean(), f.deviation()))
              .orElse(new NumberScale(0, 0, 0)));
    }
    List<Expert> experts = trusting(gauge.published().experts());
    gauge.startFrom(new PublishedGauge(scales, offset, experts), List.of());
    PublishedGauge started = gauge.published();
    check(started, scales, schema);
    return started;
  }

  private static List<Field> numberFields(FeatureSchema schema) {
    return schema.fields().stream().filter(Field::carriesNumber).toList();
  }

  private static Optional<FieldTensors> find(ImportMapping mapping, Field field) {
    return mapping.fields().stream().filter(f -> f.name().equals(field.name())).findFirst();
  }

  /** The same experts, the last of which, the whole model, counts. */
  private static List<Expert> trusting(List<Expert> priors) {
    int others = priors.size() - 1;
    List<Expert> experts = new ArrayList<>();
    for (Expert prior : priors.subList(0, others)) {
      experts.add(new Expert(prior.firstOrder(), prior.logit(), OTHERS / others, 0));
    }
    Expert whole = priors.get(others);
    experts.add(new Expert(whole.firstOrder(), whole.logit(), others == 0 ? 1 : 1 - OTHERS, 0));
    return experts;
  }

  /** A learner standardizes by the transform that its configuration has. */
  private static void check(PublishedGauge gauge, List<NumberScale> given, FeatureSchema schema)
      throws IOException {
    for (int i = 0; i < given.size(); i++) {
      NumberScale scale = gauge.numbers().get(i);
      if (given.get(i).deviation() > 0 && scale.unit() != given.get(i).unit()) {
        throw new IOException(
            "field %s: unit is %s, but the learner's transform standardizes %s"
                .formatted(numberFields(schema).get(i).name(), given.get(i).unit(), scale.text()));
      }
    }
  }
}
