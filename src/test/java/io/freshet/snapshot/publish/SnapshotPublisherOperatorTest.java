package io.freshet.snapshot.publish;

import static io.freshet.snapshot.store.TinyModel.removal;
import static io.freshet.snapshot.store.TinyModel.row;
import static io.freshet.snapshot.store.TinyModel.rows;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SnapshotPublisherOperatorTest {
  private static final List<Field> FIELDS = TinyModel.SCHEMA.fields();
  private static final ManifestTemplate HOUR_FOR_PRICE =
      ManifestTemplate.of(
          "tiny",
          new FeatureSchema(
              List.of(FIELDS.get(0), FIELDS.get(1), new CategoricalField("hour", 5), FIELDS.get(3)),
              "user"),
          TinyModel.SETTINGS);

  @TempDir Path folder;

  @Test
  void everyCompletedCheckpointBecomesAVersion() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.watermark(1_700_000_000_000L);
      rig.barrier(1, 1, rows(1, 10, 20));
      Version first = rig.publish(1);
      rig.barrier(2, 2, rows(5, 20, 30));
      Version second = rig.publish(2);

      Manifest full = rig.store.manifest(first);
      Manifest delta = rig.store.manifest(second);
      assertThat(full.kind()).isEqualTo(Manifest.Kind.FULL);
      assertThat(delta.kind()).isEqualTo(Manifest.Kind.DELTA);
      assertThat(delta.parent()).contains(first);
      assertThat(delta.eventTime()).contains(Instant.ofEpochMilli(1_700_000_000_000L));
      assertThat(delta.metrics()).containsEntry("logloss", 0.25);
      assertThat(delta.offsets()).containsEntry("impressions-0", 2000L);
      assertThat(delta.schema()).isEqualTo(TinyModel.SCHEMA);
      assertThat(delta.dense().examples()).isEqualTo(200);
      Snapshot model = rig.latest();
      assertThat(model.fids()).containsExactly(10, 20, 30);
      assertThat(row(model, 20)).containsExactly(5, 6, 7);
      assertThat(model.totalUpdates()).isEqualTo(11);
      assertThat(model.denseVector()).containsOnly(2).hasSize(TinyModel.DENSE_SIZE);
      assertThat(rig.reader.verify(second).problems()).isEmpty();
    }
    assertThat(new LocalStorage(folder).list(PartFile.STAGING)).isEmpty();
  }

  @Test
  void aModelOfAnotherShapeBeginsWithAFullInALineageOfItsOwn() throws Exception {
    Version old;
    OperatorSubtaskState unpublished;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10, 20));
      old = rig.publish(1);
      unpublished = rig.barrier(2, 2, rows(5, 20, 30));
      rig.cancel();
    }

    try (PublisherRig rig = PublisherRig.startFrom(folder, unpublished, HOUR_FOR_PRICE)) {
      Thread.sleep(200);
      assertThat(rig.store.versions()).containsExactly(old);
      rig.barrier(3, 3, rows(9, 10, 20));
      Version first = rig.publish(3);
      rig.barrier(4, 4, rows(11, 40));
      Version second = rig.publish(4);

      Manifest full = rig.store.manifest(first);
      assertThat(full.kind()).isEqualTo(Manifest.Kind.FULL);
      assertThat(full.schema()).isEqualTo(HOUR_FOR_PRICE.schema());
      assertThat(full.unknownIds().zeroFields()).containsExactly(5);
      assertThat(first.lineage()).isNotEqualTo(old.lineage());
      assertThat(rig.store.manifest(second).parent()).contains(first);
      assertThat(rig.latest().fids()).containsExactly(10, 20, 40);
      assertThat(rig.latest().totalUpdates()).isEqualTo(9 + 9 + 11);
    }
  }

  @Test
  void nothingIsPublishedBeforeItsCheckpointIsComplete() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      Thread.sleep(200);

      assertThat(rig.store.latest()).isEmpty();
    }
  }

  @Test
  void rowsOfAnAbortedCheckpointGoIntoTheNextVersion() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      rig.publish(1);
      rig.barrier(2, 2, rows(2, 20, 30));
      rig.abort(2);
      rig.barrier(3, 3, rows(3, 30));
      Version version = rig.publish(3);

      assertThat(rig.store.versions()).hasSize(2);
      assertThat(row(rig.latest(), 20)).containsExactly(2, 3, 4);
      assertThat(row(rig.latest(), 30)).containsExactly(3, 4, 5);
      assertThat(rig.reader.verify(version).problems()).isEmpty();
    }
  }

  @Test
  void rowsOfAPlainSavepointGoIntoTheNextVersion() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      rig.publish(1);
      rig.barrier(2, 2, rows(2, 20)); // a savepoint: taken, but nobody is notified
      rig.barrier(3, 3, rows(3, 30));
      rig.publish(3);

      assertThat(rig.latest().fids()).containsExactly(10, 20, 30);
      assertThat(rig.latest().manifest().rows()).isEqualTo(2);
    }
  }

  @Test
  void theFinalWatermarkIsNoEventTime() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.watermark(5000);
      rig.watermark(Long.MAX_VALUE);
      rig.barrier(1, 1, rows(1, 10));
      rig.publish(1);

      assertThat(rig.latest().manifest().eventTime()).contains(Instant.ofEpochMilli(5000));
    }
  }

  @Test
  void aModelWhoseDeepPartIsNotWholeWaits() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.announce(TinyModel.part(rig.storage, rows(1, 10)));
      rig.emptyBarrier(1);
      rig.complete(1);
      rig.barrier(2, 2, rows(2, 20));
      rig.publish(2);

      assertThat(rig.store.versions()).hasSize(1);
      assertThat(rig.latest().fids()).containsExactly(10, 20);
    }
  }

  @Test
  void aRestorePublishesWhatTheFailureHeldUpUnderTheSameName() throws Exception {
    Version first;
    OperatorSubtaskState state;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      first = rig.publish(1);
      state = rig.barrier(2, 2, rows(2, 20));
    }
    try (PublisherRig rig = PublisherRig.restore(folder, state)) {
      Version version = rig.awaitLatest(2);

      assertThat(version).isEqualTo(new Version(first.lineage(), 2));
      assertThat(rig.latest().fids()).containsExactly(10, 20);
      assertThat(rig.latest().manifest().parent()).contains(first);
    }
  }

  @Test
  void aRestoreAfterPublicationGoesOnInTheSameLineage() throws Exception {
    OperatorSubtaskState state;
    Version second;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      rig.publish(1);
      state = rig.barrier(2, 2, rows(2, 20));
      second = rig.publish(2);
    }
    try (PublisherRig rig = PublisherRig.restore(folder, state)) {
      rig.barrier(3, 3, rows(3, 30));
      Version third = rig.publish(3);

      assertThat(third).isEqualTo(new Version(second.lineage(), 3));
      assertThat(rig.latest().manifest().parent()).contains(second);
      assertThat(rig.latest().manifest().rows()).isEqualTo(1);
      assertThat(rig.latest().fids()).containsExactly(10, 20, 30);
    }
  }

  @Test
  void aStartFromAnOlderSavepointBranchesOffUnderANewLineage() throws Exception {
    OperatorSubtaskState savepoint;
    Version first;
    Version abandoned;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      first = rig.publish(1);
      savepoint = rig.barrier(2, 2, rows(2, 20));
      rig.barrier(3, 3, rows(3, 30));
      abandoned = rig.publish(3);
    }
    try (PublisherRig rig = PublisherRig.restore(folder, savepoint)) {
      Version branched = rig.awaitLatest(2);
      rig.barrier(3, 7, rows(7, 40));
      Version next = rig.publish(3);

      assertThat(branched.lineage()).isNotEqualTo(first.lineage());
      assertThat(rig.store.manifest(branched).parent()).contains(first);
      assertThat(next).isEqualTo(new Version(branched.lineage(), 3));
      assertThat(rig.latest().fids()).containsExactly(10, 20, 40);
      assertThat(rig.reader.verify(next).problems()).isEmpty();
      assertThat(rig.reader.load(abandoned).fids()).containsExactly(10, 20, 30);
    }
  }

  @Test
  void twoJobsStartedFromOneSavepointPublishSideBySide() throws Exception {
    OperatorSubtaskState savepoint;
    Version first;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      first = rig.publish(1);
      savepoint = rig.barrier(2, 2, rows(2, 20));
    }
    try (PublisherRig one = PublisherRig.startFrom(folder, savepoint);
        PublisherRig two = PublisherRig.startFrom(folder, savepoint)) {
      one.barrier(3, 5, rows(5, 30));
      one.complete(3);
      two.barrier(3, 7, rows(7, 40));
      two.complete(3);
      while (one.store.versions().size() < 5) { // each has published checkpoints 2 and 3
        Thread.sleep(5);
      }

      List<Version> ends = one.store.versions().stream().filter(v -> v.checkpoint() == 3).toList();
      assertThat(ends).extracting(Version::lineage).doesNotHaveDuplicates();
      assertThat(ends).extracting(Version::lineage).doesNotContain(first.lineage());
      List<List<Long>> fids = new ArrayList<>();
      for (Version end : ends) {
        assertThat(one.reader.verify(end).problems()).isEmpty();
        fids.add(Arrays.stream(one.reader.load(end).fids()).boxed().toList());
      }
      assertThat(fids).containsExactlyInAnyOrder(List.of(10L, 20L, 30L), List.of(10L, 20L, 40L));
    }
  }

  @Test
  void aVersionThatAnotherHasWrittenIsNotOverwritten() throws Exception {
    OperatorSubtaskState state;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10));
      rig.publish(1);
      state = rig.barrier(2, 2, rows(2, 20));
      rig.publish(2);
    }
    try (PublisherRig one = PublisherRig.restore(folder, state);
        PublisherRig two = PublisherRig.restore(folder, state)) { // the same job, twice
      one.barrier(3, 5, rows(5, 30));
      Version left = one.publish(3);
      two.barrier(3, 7, rows(7, 40));
      two.complete(3);
      while (one.store.versions().size() < 4) {
        Thread.sleep(5);
      }

      assertThat(one.reader.load(left).fids()).containsExactly(10, 20, 30);
      assertThat(one.store.versions().stream().filter(v -> v.checkpoint() == 3))
          .extracting(Version::lineage)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void behindThePublicationsTheChainIsMergedAndToldOf() throws Exception {
    SnapshotSettings settings =
        new SnapshotSettings(
            folder.toUri().toString(),
            new CompactionSettings(1000, 2),
            RetentionSettings.DEFAULT,
            new GateSettings(
                true, Double.NaN, 2, 100, Double.NaN, Double.NaN, Double.NaN, Double.NaN));
    TOLD.clear();
    OperatorSubtaskState state;
    try (PublisherRig rig = PublisherRig.start(folder, settings, new Told())) {
      rig.announce(new PublisherInput.Window(60, 70, 70, 35, 0.5, 1));
      rig.announce(new PublisherInput.Window(120, 70, 70, 35, 0.5, 1));
      for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
        rig.barrier(checkpoint, checkpoint, rows(checkpoint, 10, 20, 30));
        rig.publish(checkpoint);
      }
      Version third = rig.store.latest().orElseThrow();
      while (rig.store.merged(third).isEmpty()) {
        Thread.sleep(5);
      }
      assertThat(rig.store.manifest(third).metrics()).containsEntry("recent_examples", 140.0);
      rig.announce(new PublisherInput.Window(180, 10, 10, 5, 0.5, 1));
      state = rig.barrier(4, 4, rows(4, 10));
      rig.complete(4);
    } // waits for the fourth, and for what is told of it
    assertThat(TOLD).hasSize(4).last().asString().endsWith("0000000004");
    PublisherRig restored = PublisherRig.restore(folder, settings, new Told(), state);
    try (restored) {
      assertThat(restored.store.latest().orElseThrow().checkpoint()).isEqualTo(3); // 80 examples
      restored.announce(new PublisherInput.Window(240, 90, 90, 45, 0.5, 1)); // and the 10 of before
      restored.barrier(5, 5, rows(5, 10));
      restored.publish(5);
    }
    assertThat(TOLD).hasSize(5);
  }

  @Test
  void aLostPartIsGivenUpAndAFullBeginsALineage() throws Exception {
    OperatorSubtaskState waiting;
    Version first;
    String lineage;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10, 20));
      first = rig.publish(1);
      rig.barrier(2, 2, rows(2, 20));
      for (String staged : rig.storage.list(PartFile.STAGING)) {
        rig.storage.delete(PartFile.STAGING + "/" + staged);
      }
      rig.complete(2);
      waiting = awaitRequest(rig, 3);
      lineage = rig.request();
      assertThat(rig.store.versions()).containsExactly(first);
    }
    try (PublisherRig rig = PublisherRig.restore(folder, waiting)) {
      OperatorSubtaskState still = awaitRequest(rig, 100);
      assertThat(still).isNotNull();
      assertThat(rig.request()).isEqualTo(lineage);
      rig.announce(TinyModel.part(rig.storage, rows(7, 10, 20, 30)));
      rig.announce(new PublisherInput.SentTable(lineage, 0, 1));
      rig.barrier(200, 8, removal(rows(8, 20), 10));
      Version full = rig.publish(200);
      rig.barrier(201, 9, rows(9, 40));
      Version delta = rig.publish(201);

      assertThat(full).isEqualTo(new Version(lineage, 200)).isNotEqualTo(first);
      assertThat(rig.request()).isEmpty();
      assertThat(rig.store.manifest(full).kind()).isEqualTo(Manifest.Kind.FULL);
      assertThat(rig.store.manifest(delta).parent()).contains(full);
      assertThat(rig.latest().fids()).containsExactly(20, 30, 40, 50);
      assertThat(rig.reader.verify(full).problems()).isEmpty();
      assertThat(rig.reader.verify(delta).problems()).isEmpty();
    }
  }

  @Test
  void aManifestThatIsNoneKeepsNothingFromBeingPublished() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10, 20));
      Version first = rig.publish(1);
      rig.storage.replace(first + "/manifest.json", "{}".getBytes(UTF_8));
      rig.barrier(2, 2, rows(2, 20));
      rig.complete(2);
      awaitRequest(rig, 3);
      rig.announce(new PublisherInput.SentTable(rig.request(), 0, 1));
      rig.barrier(100, 8, rows(8, 20, 30));

      assertThat(rig.publish(100).lineage()).isNotEqualTo(first.lineage());
      assertThat(rig.latest().fids()).contains(20, 30);
    }
  }

  /** Passes barriers, from one on, until the publisher wants all rows. */
  private static OperatorSubtaskState awaitRequest(PublisherRig rig, long checkpoint)
      throws Exception {
    OperatorSubtaskState state = null;
    for (long next = checkpoint; rig.request().isEmpty(); next++) {
      state = rig.barrier(next, next, rows(3, 50));
      rig.complete(next);
      Thread.sleep(20);
    }
    return state;
  }

  @Test
  void aModelThatIsWorseThanTheBaseRateIsNotPublishedByDefault() throws Exception {
    OperatorSubtaskState state;
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.announce(new PublisherInput.Window(60, 2000, 2000, 200, 12.1, 5));
      rig.barrier(1, 1, rows(1, 10));
      withheld(rig, 1);
      assertThat(rig.store.latest()).isEmpty();

      rig.announce(new PublisherInput.Window(120, 2_000_000, 2_000_000, 200_000, 0.3, 1));
      rig.barrier(2, 2, rows(2, 10));
      Version second = rig.publish(2);
      assertThat(rig.store.latest()).contains(second);
      assertThat(rig.store.manifest(second).metrics()).containsKey("recent_ne_limit");

      rig.announce(new PublisherInput.Window(180, 2_000_000, 2_000_000, 200_000, 0.5, 1));
      state = rig.barrier(3, 3, rows(3, 10));
      withheld(rig, 3);
      assertThat(rig.store.latest()).contains(second);
    }
    try (PublisherRig rig = PublisherRig.restore(folder, state)) {
      rig.barrier(4, 4, rows(4, 10));
      assertThat(withheld(rig, 4)).singleElement().asString().contains("worse");
    }
  }

  /** Completes a checkpoint, waits for its version, and returns why that is withheld. */
  private static List<String> withheld(PublisherRig rig, long checkpoint) throws Exception {
    rig.complete(checkpoint);
    while (true) {
      for (Version version : rig.store.versions()) {
        if (version.checkpoint() == checkpoint) {
          return rig.store.manifest(version).withheld();
        }
      }
      Thread.sleep(5);
    }
  }

  @Test
  void whileManyExamplesAreSkippedPublicationIsHeld() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.announce(new PublisherInput.Metrics(Map.of("examples", 1000.0, "invalid", 0.0)));
      rig.barrier(1, 1, rows(1, 10));
      Version first = rig.publish(1);
      rig.announce(new PublisherInput.Metrics(Map.of("examples", 2000.0, "invalid", 0.0)));
      for (int i = 0; i < 60; i++) {
        rig.announce(new PublisherInput.Added(Map.of("skipped", 1.0)));
      }
      rig.barrier(2, 2, rows(2, 10));
      assertThat(withheld(rig, 2))
          .containsExactly("too many examples are skipped: recent_skipped is 0.06000, above 0.05");
      assertThat(rig.store.latest()).contains(first);

      rig.announce(new PublisherInput.Metrics(Map.of("examples", 3000.0, "invalid", 0.0)));
      rig.barrier(3, 3, rows(3, 10));
      assertThat(rig.publish(3)).isEqualTo(rig.store.latest().orElseThrow());
    }
  }

  private static final List<String> TOLD = new CopyOnWriteArrayList<>();

  /** Remembers the keys of what is told. */
  private static final class Told implements AnnouncementSink.Factory {
    @Override
    public AnnouncementSink open() {
      return new AnnouncementSink() {
        @Override
        public void send(String key, byte[] json) {
          TOLD.add(key);
        }

        @Override
        public void close() {}
      };
    }
  }

  @Test
  void tombstonesTakeRowsOutOfTheModel() throws Exception {
    try (PublisherRig rig = PublisherRig.start(folder)) {
      rig.barrier(1, 1, rows(1, 10, 20, 30));
      rig.publish(1);
      rig.barrier(2, 2, removal(rows(2, 10), 20));
      Version second = rig.publish(2);
      assertThat(rig.latest().fids()).containsExactly(10, 30);

      rig.barrier(3, 3, rows(3, 20));
      rig.publish(3);
      assertThat(rig.latest().fids()).containsExactly(10, 20, 30);
      assertThat(rig.store.manifest(second).rows()).isEqualTo(1);
      assertThat(rig.reader.verify(second).problems()).isEmpty();
    }
  }
}
