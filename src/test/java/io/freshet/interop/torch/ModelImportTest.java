package io.freshet.interop.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.lab.docs.CommandRun;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelImportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"deepfm, hand", "dcn, hand", "deepfm, library", "dcn, library", "projected, hand"})
  void theVersionPredictsWhatTheModelDoes(String kind, String writer) throws Exception {
    TorchModel model = TorchModel.write(folder, kind, writer);

    CommandRun run = importing(model);

    assertThat(run.code()).as(run.err()).isZero();
    List<Double> scores = scores(model);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i))
          .as("%s", model.features().get(i))
          .isCloseTo(model.expected().get(i), within(1e-5));
    }
  }

  @Test
  void theVersionIsWholeAndOfTheLearnersShape() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");

    CommandRun run = importing(model, "--json");

    SnapshotStore store = new SnapshotStore(new LocalStorage(model.root()));
    Manifest manifest = store.manifest(store.latest().orElseThrow());
    assertThat(run.out()).contains("\"rows\":70,\"current\":true,\"unused\":[]");
    assertThat(new SnapshotReader(store).verify(manifest.version()).problems()).isEmpty();
    assertThat(manifest.schema().fields()).hasSize(5);
    assertThat(manifest.unknownIds().zeroFields()).containsExactly(1); // the user
    assertThat(manifest.eventTime()).isPresent(); // else its rows would expire at once
  }

  @Test
  void anotherVersionStaysCurrent() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");
    importing(model);
    SnapshotStore store = new SnapshotStore(new LocalStorage(model.root()));
    var first = store.latest();

    CommandRun again = importing(model);

    assertThat(again.out()).contains("another version is current");
    assertThat(store.latest()).isEqualTo(first);
    assertThat(store.versions()).hasSize(2);
  }

  @Test
  void theNegativeSamplingOfTheLearnerChangesNoPrediction() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");

    importing(
        model, "--set", "join.negatives.rate=0.1", "--set", "join.negatives.correction=log-odds");

    List<Double> scores = scores(model);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i)).isCloseTo(model.expected().get(i), within(1e-5));
    }
  }

  @Test
  void aNetworkThatTheMappingLeavesOutAddsNothing() throws Exception {
    TorchModel tables =
        TorchModel.write(Files.createDirectory(folder.resolve("a")), "deepfm", "hand");
    tables.editDense("");
    TorchModel pairs =
        TorchModel.write(Files.createDirectory(folder.resolve("b")), "deepfm", "hand");
    pairs.editDense("");
    pairs.editLearner(
        "kind: deepfm, embedding-size: 4, hidden-layers: [6, 5]", "kind: fm, embedding-size: 4");

    assertThat(importing(tables).code()).isZero();
    assertThat(importing(pairs).code()).isZero();

    List<Double> scores = scores(tables);
    List<Double> expected = scores(pairs);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i)).isCloseTo(expected.get(i), within(1e-6));
    }
  }

  @Test
  void aFieldWithTheRowsOfAnotherHasOnlyItsPlace() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");
    model.editDense("");
    model.editLearner(
        "  - {name: tags,", "  - {name: last, kind: categorical, shares: item}\n  - {name: tags,");
    model.edit("fields:\n", "fields:\n  - {name: last, first-order: fm.lr_layer.bias}\n");
    assertThat(importing(model).err())
        .contains("field last: has the rows of item; expected its name alone");

    model.edit(", first-order: fm.lr_layer.bias}\n", "}\n");

    CommandRun run = importing(model, "--json");
    assertThat(run.out()).as(run.err()).contains("\"rows\":71,"); // one for its missing value
  }

  @Test
  void whatProjectsRowsIsTheIdentityWhereTheMappingLeavesItOut() throws Exception {
    TorchModel model = TorchModel.write(folder, "projected", "hand");
    model.edit("  projection.4.weight: item_projection.weight\n", "");

    assertThat(importing(model).code()).isZero();

    SnapshotStore store = new SnapshotStore(new LocalStorage(model.root()));
    assertThat(
            new SnapshotReader(store)
                .load(store.latest().orElseThrow())
                .dense("projection.4.weight"))
        .containsExactly(1, 0, 0, 0, 0, 1, 0, 0);
  }

  @Test
  void aCorrectionThatNoLogitFitsIsRefused() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");

    assertThat(importing(model, "--set", "join.policy=fake-negative-calibration").err())
        .contains("corrected by fake-negatives, which no logit of another model fits");
  }

  @Test
  void tensorsThatNothingNamesAreTold() throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");
    model.edit("bias: fm.lr_layer.bias\n", "");

    assertThat(importing(model).err())
        .isEqualTo("warning: tensor \"fm.lr_layer.bias\" is not used%n".formatted());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: hour         | name: hours           | field hours: the learner has no such field",
        "mlp.mlp.2.weight   | mlp.mlp.0.weight      | \"mlp.mlp.0.weight\" has the shape [6, 16];"
            + " expected [5, 6]",
        "mlp.mlp.2.weight   | mlp.mlp.1.weight      | there is no tensor \"mlp.mlp.1.weight\"",
        "deep.1.bias        | deep.2.bias           | the model has no deep.2.bias; expected"
            + " [deep.0.weight,",
        "missing: __OOV__   | missing: __NAN__      | the vocabulary has no entry \"__NAN__\" for"
            + " missing",
        "vocabulary: integers | vocabulary: mapping.yaml | lines; expected 24, one for each row",
        "', vocabulary: integers' | ''              | field hour: has no vocabulary",
        "mean: 20           | vocabulary: integers  | carries a number, which has no vocabulary",
        "layers.hour.weight, first | layers.item.weight, first | \"fm.lr_layer",
        "base-rate: 0.25    | ''                    | base-rate",
        "base-rate: 0.25    | base-rate: 1.5        | expected a share above 0 and below 1",
        "'deviation: 8'     | 'deviation: 8, unit: 7' | unit is 7.0, but",
        "deep.out.weight: mlp.mlp.4.weight | 'deep.out.weight: \"mlp.mlp.4.weight[1:6]\"' | [1:6]"
            + " are not 5 of the 5 inputs",
      })
  void whatDoesNotFitIsSaid(String was, String is, String said) throws Exception {
    TorchModel model = TorchModel.write(folder, "deepfm", "hand");
    model.edit(was, is);

    CommandRun run = importing(model);

    assertThat(run.code()).isIn(1, 2);
    assertThat(run.err()).contains(said);
    assertThat(new SnapshotStore(new LocalStorage(model.root())).versions()).isEmpty();
  }

  @Test
  void theMappingsOfThePageAreRead() throws Exception {
    String page = Files.readString(Path.of("src/docs/interop.md"));
    List<String> blocks =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(block -> block.group(1))
            .toList();

    assertThat(blocks).hasSize(3);
    assertThat(blocks).allSatisfy(yaml -> ImportMapping.parse(yaml, "interop.md"));
  }

  private static List<Double> scores(TorchModel model) {
    SnapshotStore store = new SnapshotStore(new LocalStorage(model.root()));
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
        return model.features().stream().map(f -> (double) scorer.score(f)).toList();
      }
    }
  }

  static CommandRun importing(TorchModel model, String... more) {
    String[] args = {
      "snapshot", "import",
      "--config", model.learner().toString(),
      "--from", model.folder().resolve("model.safetensors").toString(),
      "--mapping", model.folder().resolve("mapping.yaml").toString()
    };
    return CommandRun.of(Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new));
  }
}
