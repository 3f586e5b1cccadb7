package io.freshet.config;

import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.text;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.FitSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.FieldLearning;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what {@link FitConfig} holds, and leaves the rest of a learner's file alone. */
final class FitReader {
  private static final String[] LEFT = {
    "name",
    "kafka",
    "events",
    "join",
    "train",
    "embedding",
    "evaluate",
    "snapshot",
    "checkpoint",
    "examples",
    "predictions",
    "parallelism",
    "max-parallelism"
  };
  private static final Map<String, Boolean> SWITCH = Map.of("true", true, "false", false);

  /** Of the rows, where no layer is normalised. */
  private static final float PLAIN_EMBEDDING_L2 = 5e-6f;

  private final Problems problems = new Problems();

  /** The section {@code fit}. */
  record Fit(FitSettings settings, String label, String separator, int minCount) {
    static final Fit DEFAULT = new Fit(FitSettings.DEFAULT, "label", "|", 1);
  }

  /**
   * Reads the section for a model: the penalty on rows is by default that of published tables, a
   * thousandth as large where no hidden layer is normalised and so undoes their shrinking.
   */
  static Fit section(Section root, ModelSettings model) {
    return root.section("fit")
        .as(Fit.DEFAULT, (s, otherwise) -> fit(s, otherwise, !model.hiddenLayers().isEmpty()));
  }

  FitConfig read(String yaml, String source, List<String> overrides) {
    Section root = Section.root(yaml, source, overrides, problems);
    Optional<FitConfig> config = root.make(() -> config(root));
    problems.refuse();
    return config.orElseThrow();
  }

  private FitConfig config(Section s) {
    s.leave(LEFT);
    FeaturesReader features = FeaturesReader.read(s);
    List<Field> fields = features.fields();
    ModelSettings model = s.section("model").as(ModelSettings.DEFAULT, Sections::model);
    Fit fit = section(s, model);
    List<FieldLearning> own = features.learning(fit.settings().embeddingL2());
    s.end();
    problems.refuse();
    FeatureSchema schema = new FeatureSchema(fields, anyUser(fields));
    return new FitConfig(
        schema, model, fit.settings(), own, fit.label(), fit.separator(), fit.minCount());
  }

  /** Fitting does not partition by users, but a schema names a field that could. */
  private static String anyUser(List<Field> fields) {
    return fields.stream()
        .filter(Field.Categorical.class::isInstance)
        .map(Field::name)
        .findFirst()
        .orElse("");
  }

  private static Fit fit(Section s, Fit d, boolean hasHiddenLayers) {
    FitSettings f = d.settings();
    boolean batchNorm = s.get("batch-norm", f.batchNorm(), oneOf(SWITCH));
    float embeddingL2 = batchNorm && hasHiddenLayers ? f.embeddingL2() : PLAIN_EMBEDDING_L2;
    return new Fit(
        new FitSettings(
            s.get("batch-size", f.batchSize(), wholeNumber(1, 1_000_000)),
            s.get("epochs", f.epochs(), wholeNumber(1, 10_000)),
            s.get("patience", f.patience(), wholeNumber(1, 10_000)),
            s.section("optimizer").as(f.optimizer(), OptimizerReader::read),
            s.get("embedding-start", f.embeddingStart(), number(0, 10)),
            s.get("embedding-l2", embeddingL2, number(0, 1000)),
            s.get("whole-table", f.wholeTable(), oneOf(SWITCH)),
            s.get("dense-l2", f.denseL2(), number(0, 1000)),
            s.get("dropout", f.dropout(), number(0, 0.99)),
            batchNorm),
        s.get("label", d.label(), text()),
        s.get("separator", d.separator(), text()),
        s.get("min-count", d.minCount(), wholeNumber(1, 1_000_000)));
  }
}
