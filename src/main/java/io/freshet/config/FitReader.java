package io.freshet.config;

import static io.freshet.config.option.ValueType.oneOf;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.FitConfig.Monitor;
import io.freshet.config.option.Option;
import io.freshet.config.option.Section;
import io.freshet.event.mapping.MappingOptions;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureOptions;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.FieldSizeOptions;
import io.freshet.model.FitOptions;
import io.freshet.model.FitSettings;
import io.freshet.model.ModelOptions;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.FieldLearningOptions;
import java.util.List;

/** Reads what {@link FitConfig} holds, and leaves the rest of a learner's file alone. */
final class FitReader {
  private FitReader() {}

  /** The section {@code fit}. */
  record Fit(FitSettings settings, Monitor monitor, String label, String separator, int minCount) {}

  /** Reads the section for a model. */
  static Fit section(Section root, ModelSettings model) {
    return root.section(
        "fit",
        s -> fit(s, !model.hiddenLayers().isEmpty()),
        "Fitting to files in several passes, with the command fit; streams do not use it.");
  }

  static FitConfig read(Section s) {
    s.leave(LearnerConfig.options().stream().map(Option::key).toList());
    FieldLearningOptions fieldLearning = new FieldLearningOptions();
    FieldSizeOptions fieldSizes = new FieldSizeOptions();
    List<Field> fields =
        FeatureOptions.read(
                s,
                (number, field) -> {
                  fieldLearning.read(number, field);
                  fieldSizes.read(number, field);
                  field.leave(List.of(MappingOptions.FROM));
                })
            .fields();
    ModelSettings shape =
        s.section(
            "model",
            m -> {
              m.leave(List.of("tasks"));
              return ModelOptions.read(m, fields);
            },
            "");
    ModelSettings model = shape.withEmbeddingSizes(fieldSizes.sizes(shape, fields));
    Fit fit = section(s, model);
    List<FieldLearning> own = fieldLearning.fields(fit.settings().embeddingL2(), fields);
    s.end();
    FeatureSchema schema = new FeatureSchema(fields, anyUser(fields));
    return new FitConfig(
        schema,
        model,
        fit.settings(),
        fit.monitor(),
        own,
        fit.label(),
        fit.separator(),
        fit.minCount());
  }

  /** Fitting does not partition by users, but a schema names a field that could. */
  private static String anyUser(List<Field> fields) {
    return fields.stream()
        .filter(CategoricalField.class::isInstance)
        .map(Field::name)
        .findFirst()
        .orElse("");
  }

  private static Fit fit(Section s, boolean hasHiddenLayers) {
    return new Fit(
        FitOptions.read(s, hasHiddenLayers),
        s.option("monitor", "Figure of the validation file that says which pass is better.")
            .get(oneOf(Monitor.class), Monitor.LOGLOSS),
        s.option("label", "Column of the label, 0 or 1.").get(text(), "label"),
        s.option("separator", "Separates the values in a cell of a multi field.").get(text(), "|"),
        s.option("min-count", "A rarer value of the training file counts as missing.")
            .get(wholeNumber(1, 1_000_000), 1));
  }
}
