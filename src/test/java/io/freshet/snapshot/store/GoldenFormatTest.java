package io.freshet.snapshot.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of each format version, written once and never again, stay readable for ever.
 *
 * <p>1.0: a full with three rows; a delta with two files, of which the second replaces a row of the
 * first and removes one of the full.
 *
 * <p>1.1: a full; a delta that is withheld for a row that is no number; a delta that replaces the
 * row and was merged into a full of two files; another delta, the current one; a delta that is
 * withheld for its logloss.
 *
 * <p>1.2: a full and a delta, each with a gauge.
 *
 * <p>1.3: the same, each JSON file with its digest.
 */
public class GoldenFormatTest {

  @Test
  void format1Dot0IsReadable() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(resource("golden-1.0")));
    SnapshotReader reader = new SnapshotReader(store);
    Version latest = store.latest().orElseThrow();

    Snapshot model = reader.load(latest);

    assertThat(latest).hasToString("901de210-0000000009");
    assertThat(store.versions()).hasSize(2).contains(latest);
    assertThat(reader.verify(latest).problems()).isEmpty();
    assertThat(model.fids()).containsExactly(10, 11, 12, 1L << 52);
    assertThat(TinyModel.row(model, 10)).containsExactly(1.5f, 2.5f, 3.5f);
    assertThat(TinyModel.row(model, 11)).containsExactly(2.5f, 3.5f, 4.5f);
    assertThat(TinyModel.row(model, 1L << 52)).containsExactly(6.5f, 7.5f, 8.5f);
    assertThat(model.updates(11)).isEqualTo(2);
    assertThat(model.updates(-4)).isZero();
    assertThat(model.totalUpdates()).isEqualTo(10);
    assertThat(model.dense("deep.0.bias")).containsExactly(23.25f, 24.25f, 25.25f);
    assertThat(model.denseVector()).hasSize(TinyModel.DENSE_SIZE).startsWith(-0.75f, 0.25f);
    assertThat(model.gauge()).isEqualTo(PublishedGauge.NONE);
  }

  @Test
  void format1Dot0SaysWhatItIs() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(resource("golden-1.0")));

    Manifest manifest = store.manifest(new Version("901de210", 9));

    assertThat(manifest.name()).isEqualTo("tiny");
    assertThat(manifest.parent()).contains(new Version("901de210", 7));
    assertThat(manifest.eventTime()).contains(Instant.parse("2026-01-02T03:00:00.009Z"));
    assertThat(manifest.created()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(manifest.schema()).isEqualTo(TinyModel.SCHEMA);
    assertThat(manifest.model().embeddingSize()).isEqualTo(2);
    assertThat(manifest.model().hiddenLayers()).containsExactly(3);
    assertThat(manifest.unknownIds()).isEqualTo(new Manifest.UnknownIds("start-row", 42));
    assertThat(manifest.dense().examples()).isEqualTo(900);
    assertThat(manifest.metrics()).isEqualTo(Map.of("auc", 0.75, "logloss", 0.5));
    assertThat(manifest.offsets()).isEqualTo(Map.of("impressions-0", 90L, "clicks-0", 9L));
    assertThat(manifest.samplingRate()).isEqualTo(1);
  }

  @Test
  void format1Dot1IsReadable() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(resource("golden-1.1")));
    SnapshotReader reader = new SnapshotReader(store);
    Version latest = store.latest().orElseThrow();

    Snapshot model = reader.load(latest);

    assertThat(latest).hasToString("0badcafe-0000000010");
    for (Version version : store.versions()) {
      assertThat(reader.verify(version).problems()).isEmpty();
    }
    assertThat(model.fids()).containsExactly(-4, 10, 11, 1L << 52);
    assertThat(TinyModel.row(model, 10)).containsExactly(5, 6, 7);
    assertThat(TinyModel.row(model, 11)).containsExactly(3, 4, 5);
    assertThat(TinyModel.row(model, 1L << 52)).containsExactly(2, 3, 4);
    assertThat(model.totalUpdates()).isEqualTo(14);
    assertThat(model.gauge()).isEqualTo(PublishedGauge.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"golden-1.2", "golden-1.3"})
  void formats1Dot2And1Dot3AreReadable(String golden) throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(resource(golden)));
    SnapshotReader reader = new SnapshotReader(store);
    Version latest = store.latest().orElseThrow();

    Snapshot model = reader.load(latest);

    assertThat(latest).hasToString("0badcafe-0000000009");
    assertThat(reader.verify(latest).problems()).isEmpty();
    assertThat(model.fids()).containsExactly(10, 11, 1L << 52);
    assertThat(model.denseVector()).hasSize(TinyModel.DENSE_SIZE).containsOnly(9);
    assertThat(model.gauge())
        .isEqualTo(
            new PublishedGauge(
                List.of(new NumberScale(1, 1.25, 0.5)),
                -2.5,
                List.of(
                    new Expert(0, 0, 0.25, 0),
                    new Expert(0.5, 0, 0.125, -1),
                    new Expert(0, 1, 0.625, 0.375))));
    assertThat(model.manifest().metrics()).containsEntry("base_rate_weight", 0.25);
  }

  @Test
  void format1Dot1SaysWhatIsWithheldAndMerged() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(resource("golden-1.1")));

    Manifest sick = store.manifest(new Version("0badcafe", 8));
    Manifest full = store.merged(new Version("0badcafe", 9)).orElseThrow();
    Manifest withheld = store.manifest(new Version("0badcafe", 11));

    assertThat(sick.nonFinite()).containsExactly(11L);
    assertThat(full.kind()).isEqualTo(Manifest.Kind.FULL);
    assertThat(full.embeddings()).hasSize(2);
    assertThat(full.merged()).contains(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(withheld.withheld()).containsExactly("recent_logloss is 0.50000, above 0.25");
  }

  public static Path resource(String name) throws Exception {
    return Path.of(GoldenFormatTest.class.getResource(name).toURI());
  }
}
