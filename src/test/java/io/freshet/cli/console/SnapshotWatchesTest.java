package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.watch.ChainWatch;
import io.freshet.cli.console.watch.FieldCounts;
import io.freshet.cli.console.watch.FieldWatch;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.lab.docs.CommandRun;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a root: its chain, and the rows of its current version. */
class SnapshotWatchesTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version DELTA = new Version("0badcafe", 2);
  private static final ModelSettings SETTINGS = ModelSettings.deepFm(2, List.of(4), 0, 42);
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(new CategoricalField("user", 1), new CategoricalField("item", 2)), "user");

  @TempDir Path root;
  private SampleChain chain;
  private SnapshotStore store;

  @BeforeEach
  void open() {
    chain = new SampleChain(root, SCHEMA, SETTINGS);
    store = new SnapshotStore(new LocalStorage(root));
  }

  @Test
  void aRootThatIsEmptyYetHasNoVersions() throws Exception {
    assertThat(new ChainWatch(store).look().path("count").asInt()).isZero();
    assertThatThrownBy(() -> fields(10).look())
        .isInstanceOf(IOException.class)
        .hasMessage("no version has been published yet");
  }

  @Test
  void theChainIsListedTheNewestFirst() throws Exception {
    publishBoth();

    JsonNode json = new ChainWatch(store).look();

    assertThat(json.path("latest").asText()).isEqualTo(DELTA.toString());
    JsonNode newest = json.at("/versions/0");
    assertThat(newest.path("version").asText()).isEqualTo(DELTA.toString());
    assertThat(newest.path("kind").asText()).isEqualTo("delta");
    assertThat(newest.path("parent").asText()).isEqualTo(FULL.toString());
    assertThat(newest.path("latest").asBoolean()).isTrue();
    assertThat(json.at("/versions/1/kind").asText()).isEqualTo("full");
    assertThat(json.path("bytes").asLong())
        .isEqualTo(newest.path("bytes").asLong() + json.at("/versions/1/bytes").asLong());
  }

  @Test
  void aPinIsToldWithItsReason() throws Exception {
    publishBoth();
    CommandRun pin =
        CommandRun.of("snapshot", "pin", "--reason=the sale", root.toString(), FULL.toString());
    assertThat(pin.code()).as(pin.err()).isZero();

    JsonNode json = new ChainWatch(store).look();

    assertThat(json.at("/pin/version").asText()).isEqualTo(FULL.toString());
    assertThat(json.at("/pin/reason").asText()).isEqualTo("the sale");
    assertThat(json.at("/versions/1/pinned").asBoolean()).isTrue();
    assertThat(json.at("/versions/1/latest").asBoolean()).isTrue();
    assertThat(json.at("/versions/0/latest").asBoolean()).isFalse();
  }

  @Test
  void aVersionThatIsMergedIsAFullAsWell() throws Exception {
    publishBoth();
    CommandRun merge = CommandRun.of("snapshot", "merge", root.toString(), DELTA.toString());
    assertThat(merge.code()).as(merge.err()).isZero();

    JsonNode newest = new ChainWatch(store).look().at("/versions/0");

    assertThat(newest.path("kind").asText()).isEqualTo("delta");
    assertThat(newest.path("merged").asBoolean()).isTrue();
    assertThat(newest.path("full_bytes").asLong()).isPositive();
  }

  @Test
  void aVersionThatIsDeletedIsGoneAtTheNextLook() throws Exception {
    publishBoth();
    ChainWatch watch = new ChainWatch(store);
    watch.look();
    delete(root.resolve(FULL.toString()));

    assertThat(watch.look().path("count").asInt()).isEqualTo(1);
  }

  @Test
  void rowsAreCountedByFieldAndFollowDeltas() throws Exception {
    publish(FULL, Optional.empty(), new long[0], Fids.of(1, 5), Fids.of(1, 6), Fids.of(2, 5));
    FieldWatch watch = fields(10);
    assertThat(rows(watch.look())).containsExactly(0, 2, 1);

    publish(DELTA, Optional.of(FULL), new long[] {Fids.of(1, 6)}, Fids.of(2, 5), Fids.of(2, 7));

    JsonNode json = watch.look();
    assertThat(json.path("version").asText()).isEqualTo(DELTA.toString());
    assertThat(rows(json)).containsExactly(0, 1, 2);
    assertThat(rows(fields(10).look())).containsExactly(0, 1, 2); // from the start
  }

  @Test
  void aModelWithMoreRowsThanAreCountedSaysSo() throws Exception {
    publishBoth();

    JsonNode json = fields(1).look();

    assertThat(json.path("uncounted").asText()).startsWith("the model has 2 rows; up to 1 are");
    assertThat(json.path("version").asText()).isEqualTo(DELTA.toString());
    assertThat(json.path("fields")).isEmpty();
  }

  @Test
  void aBrokenChainIsToldAndCountedAgainOnceItIsMended() throws Exception {
    publishBoth();
    FieldWatch watch = fields(10);
    Path away = root.resolveSibling("away");
    Files.move(root.resolve(FULL.toString()), away);
    assertThatThrownBy(watch::look).isInstanceOf(IOException.class).hasMessageContaining("needs");

    Files.move(away, root.resolve(FULL.toString()));

    assertThat(rows(watch.look())).containsExactly(0, 2, 1);
  }

  @Test
  void updatesOfARowThatComesAgainReplaceThoseBefore() {
    FieldCounts counts = new FieldCounts(0);
    long fid = Fids.of(3, 9);
    counts.apply(rows(fid, 5));
    counts.apply(rows(fid, 8));
    assertThat(counts.updates(3)).isEqualTo(8);

    counts.apply(new EmbeddingRows(new long[0], new long[0], new float[0], new long[] {fid}, 1));

    assertThat(counts.updates(3)).isZero();
    assertThat(counts.rows(3)).isZero();
  }

  private static EmbeddingRows rows(long fid, long updates) {
    return new EmbeddingRows(new long[] {fid}, new long[] {updates}, new float[1], new long[0], 1);
  }

  private FieldWatch fields(long mostRows) {
    return new FieldWatch(store, mostRows);
  }

  private static List<Integer> rows(JsonNode json) {
    return json.findValues("rows").stream().map(JsonNode::asInt).toList();
  }

  private void publishBoth() throws IOException {
    publish(FULL, Optional.empty(), new long[0], Fids.of(1, 5), Fids.of(2, 5));
    publish(DELTA, Optional.of(FULL), new long[0], Fids.of(1, 6));
  }

  private void publish(Version version, Optional<Version> parent, long[] removed, long... fids)
      throws IOException {
    SortedMap<Long, float[]> rows = new TreeMap<>();
    for (long fid : fids) {
      rows.put(fid, new float[3]);
    }
    float[] dense = new float[DenseShape.of(SCHEMA.size(), SETTINGS).size()];
    chain.publish(version, parent, rows, removed, dense);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
