package io.freshet.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Files of each format version, written once and never again, stay readable for ever.
 *
 * <p>1.0: a full with three rows; a delta with two files, of which the second replaces a row of the
 * first and removes one of the full.
 */
class GoldenFormatTest {

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

  static Path resource(String name) throws Exception {
    return Path.of(GoldenFormatTest.class.getResource(name).toURI());
  }
}
