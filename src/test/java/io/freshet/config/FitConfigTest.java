package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.config.FitConfig.Monitor;
import io.freshet.model.FitSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.Tasks;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FitConfigTest {
  private static final String FEATURES = "features: [{name: user, kind: categorical}]\n";

  @Test
  void aWholeConfigurationOfALearnerIsTaken() {
    FitConfig config = FitConfig.parse(ConfigSamples.FULL, "learner.yaml", List.of());

    assertThat(config.features().fields())
        .isEqualTo(ConfigSamples.parse(ConfigSamples.FULL).features().fields());
    assertThat(config.model())
        .isEqualTo(ConfigSamples.parse(ConfigSamples.FULL).model().withTasks(Tasks.ONE));
  }

  @Test
  void thePenaltyOnRowsIsThatOfTheTablesForTheKindOfModel() {
    assertThat(embeddingL2()).isEqualTo(0.05f);
    assertThat(embeddingL2("fit.batch-norm=false")).isEqualTo(5e-6f);
    assertThat(embeddingL2("model={kind: fm}")).isEqualTo(5e-6f);
    assertThat(embeddingL2("model={kind: lr}", "fit.embedding-l2=0.25")).isEqualTo(0.25f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fit-frappe.yaml", "fit-movielens-1m.yaml"})
  void theRecipesAreThoseOfTheDocumentation(String name) {
    Path recipe = Path.of("src/examples", name);

    FitConfig deep = FitConfig.read(recipe, List.of());
    FitConfig linear = FitConfig.read(recipe, List.of("model={kind: lr}"));

    assertThat(deep.settings()).isEqualTo(FitSettings.DEFAULT);
    assertThat(deep.monitor()).isEqualTo(Monitor.LOGLOSS);
    assertThat(deep.model().hiddenLayers()).containsExactly(400, 400, 400);
    assertThat(linear.model().kind()).isEqualTo(ModelKind.LR);
    assertThat(linear.settings().embeddingL2()).isEqualTo(5e-6f);
  }

  @ParameterizedTest
  @CsvSource({
    "fit-frappe.yaml, DCN, 404501, 1199", // two outputs, each with a bias
    "fit-frappe.yaml, FINALMLP, 149002, 501", // one output; FuxiCTR's 50,400 in tables of gates are
    // left out
    "fit-frappe.yaml, FINALNET, 284512, 0"
  })
  void theVariantsOfTheRecipesAreAsLargeAsTheModelsOfTheTables(
      String name, ModelKind kind, int parameters, int biases) throws IOException {
    FitConfig config =
        variants(name).filter(c -> c.model().kind() == kind).findFirst().orElseThrow();

    int size = DenseShape.of(config.features(), config.model(), true).size();

    assertThat(size).isEqualTo(parameters - biases);
  }

  @Test
  void theVariantsOfTheRecipesAreThoseOfTheDocumentation() throws IOException {
    assertThat(variants("fit-frappe.yaml"))
        .extracting(c -> c.settings().dropout(), c -> c.settings().embeddingL2())
        .containsExactly(
            tuple(0.4f, 0.05f),
            tuple(0.4f, 0.05f),
            tuple(0.1f, 0.1f),
            tuple(0.2f, 0.1f),
            tuple(0.4f, 0.05f),
            tuple(0.4f, 0.05f));
    assertThat(variants("fit-movielens-1m.yaml"))
        .extracting(c -> c.model().kind(), c -> c.settings().dropout())
        .containsExactly(
            tuple(ModelKind.DCN, 0.2f),
            tuple(ModelKind.FINALMLP, 0.4f),
            tuple(ModelKind.FINALNET, 0f));
  }

  /** A recipe with the options of each line that the documentation has for its data. */
  private static Stream<FitConfig> variants(String name) throws IOException {
    String docs = Files.readString(Path.of("src/docs/models.md"));
    int movies = docs.indexOf("MovieLens-1M is not among");
    String part = name.contains("frappe") ? docs.substring(0, movies) : docs.substring(movies);
    return part.lines()
        .filter(line -> line.matches("\\| (DCN|Final).*--set.*"))
        .map(line -> FitConfig.read(Path.of("src/examples", name), overrides(line)));
  }

  private static List<String> overrides(String line) {
    return Pattern.compile("--set (?:'([^']*)'|([^ `]+))")
        .matcher(line)
        .results()
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .toList();
  }

  @Test
  void everyKeyIsRead() {
    FitConfig config =
        FitConfig.parse(
            FEATURES
                + "fit: {batch-size: 7, epochs: 3, patience: 4, embedding-start: 0.5, embedding-l2:"
                + " 0.25, whole-table: false, dense-l2: 0.125, dropout: 0.75, batch-norm: false,"
                + " optimizer: {kind: sgd, learning-rate: 2}, monitor: auc, label: bought,"
                + " separator: ';', min-count: 9}",
            "fit.yaml",
            List.of());

    assertThat(config.settings())
        .isEqualTo(new FitSettings(7, 3, 4, new Sgd(2), 0.5f, 0.25f, false, 0.125f, 0.75f, false));
    assertThat(config.monitor()).isEqualTo(Monitor.AUC);
    assertThat(config.label()).isEqualTo("bought");
    assertThat(config.separator()).isEqualTo(";");
    assertThat(config.minCount()).isEqualTo(9);
    assertThat(config.withLabel("seen").label()).isEqualTo("seen");
  }

  private static float embeddingL2(String... overrides) {
    return FitConfig.parse(FEATURES, "fit.yaml", List.of(overrides)).settings().embeddingL2();
  }

  @Test
  void fieldsMayBeLearnedOtherwiseThanTheOthers() {
    FitConfig config =
        FitConfig.parse(
            """
            features:
              - {name: user, kind: categorical, rate-factor: 3}
              - {name: item, kind: categorical, l2: 0}
              - {name: hour, kind: categorical}
            fit: {embedding-l2: 0.5}
            """,
            "fit.yaml",
            List.of());

    assertThat(config.fields())
        .containsExactly(new FieldLearning(1, 3, 0.5f), new FieldLearning(2, 1, 0));
  }
}
