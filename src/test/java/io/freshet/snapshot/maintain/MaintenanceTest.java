package io.freshet.snapshot.maintain;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MaintenanceTest {
  @TempDir Path root;
  @TempDir Path scratch;
  private SampleChain chain;
  private final Log log = new Log();

  @BeforeEach
  void open() {
    chain = new SampleChain(root);
  }

  @Test
  void theChainIsMergedWhenItHasGrownByItsShare() throws Exception {
    CompactionPolicy policy = new CompactionPolicy(new CompactionSettings(0.5, 100), chain.reader);
    chain.publish(1, rows(1, 1, 2, 3, 4, 5, 6));

    assertThat(policy.isDue(publish(2, 1))).isFalse();
    assertThat(policy.isDue(publish(3, 1))).isFalse();
    assertThat(policy.isDue(publish(4, 1))).isTrue(); // three rows, on six
  }

  @Test
  void theChainIsMergedWhenItHasSoManyDeltas() throws Exception {
    CompactionPolicy policy = new CompactionPolicy(new CompactionSettings(100, 2), chain.reader);
    Manifest full = chain.store.manifest(chain.publish(1, rows(1, 1, 2)));
    assertThat(policy.isDue(full)).isFalse();
    assertThat(policy.isDue(publish(2, 1))).isFalse();
    Manifest third = publish(3, 1);
    assertThat(policy.isDue(third)).isTrue();

    policy.merged(
        new Compaction(chain.storage, scratch, chain::now).merge(third.version()).orElseThrow());

    assertThat(policy.isDue(publish(4, 1))).isFalse();
    assertThat(policy.isDue(publish(5, 1))).isTrue();
  }

  @Test
  void whatWasPublishedUnseenCounts() throws Exception {
    CompactionPolicy policy = new CompactionPolicy(new CompactionSettings(100, 3), chain.reader);
    chain.publish(1, rows(1, 1, 2));
    assertThat(policy.isDue(publish(2, 1))).isFalse();
    publish(3, 1);

    assertThat(policy.isDue(publish(4, 1))).isTrue();
  }

  @Test
  void aLongChainIsMergedAndWhatNobodyNeedsIsDeleted() throws Exception {
    RetentionSettings retention =
        new RetentionSettings(1, Duration.ofSeconds(1), Duration.ofDays(1));
    SnapshotSettings settings =
        new SnapshotSettings(
            root.toString(), new CompactionSettings(100, 3), retention, GateSettings.DEFAULT);
    Maintenance upkeep =
        new Maintenance(chain.storage, scratch, settings, "run", chain::now, log, log);
    upkeep.start();
    chain.publish(1, rows(1, 1, 2));

    for (int checkpoint = 2; log.deleted == 0; checkpoint++) {
      chain.at(chain.now().plusSeconds(10));
      upkeep.published(publish(checkpoint, checkpoint));
      Thread.sleep(5);
    }
    upkeep.interrupt();
    upkeep.join();

    assertThat(log.merged).isNotEmpty();
    assertThat(log.failures).isZero();
    for (Version version : chain.store.versions()) {
      assertThat(chain.reader.chain(version, Optional.empty())).isNotEmpty();
    }
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aFailureIsCountedAndTriedAgainAfterTheNextPublication() throws Exception {
    SnapshotSettings settings =
        new SnapshotSettings(
            root.toString(),
            new CompactionSettings(100, 1),
            RetentionSettings.DEFAULT,
            GateSettings.DEFAULT);
    Version first = chain.publish(1, rows(1, 1, 2));
    Path file = root.resolve(first + "/embeddings-00000-of-00001.safetensors");
    Path away = root.resolve("away");
    Files.move(file, away);
    Maintenance upkeep =
        new Maintenance(chain.storage, scratch, settings, "run", chain::now, log, log);
    upkeep.start();

    upkeep.published(publish(2, 1));
    while (log.failures == 0) {
      Thread.sleep(5);
    }
    Files.move(away, file);
    upkeep.published(publish(3, 1));
    while (log.merged.isEmpty()) {
      Thread.sleep(5);
    }
    upkeep.interrupt();
    upkeep.join();

    assertThat(log.merged).containsExactly(new Version(SampleChain.LINEAGE, 3));
  }

  @Test
  void whatIsOldGoesWithoutAPublication() throws Exception {
    for (int checkpoint = 1; checkpoint <= 6; checkpoint++) {
      publish(checkpoint, 1);
    }
    new Compaction(chain.storage, scratch, chain::now).merge(new Version(SampleChain.LINEAGE, 6));
    chain.at(chain.now().plusSeconds(10));
    for (int checkpoint = 7; checkpoint <= 9; checkpoint++) {
      publish(checkpoint, 1);
    }
    chain.at(chain.now().plusSeconds(10));
    RetentionSettings retention =
        new RetentionSettings(1, Duration.ofMillis(100), Duration.ofSeconds(1));
    SnapshotSettings settings =
        new SnapshotSettings(
            root.toString(), CompactionSettings.DEFAULT, retention, GateSettings.DEFAULT);
    Maintenance upkeep =
        new Maintenance(chain.storage, scratch, settings, "run", chain::now, log, log);

    upkeep.start();
    while (log.deleted == 0 || log.swept == null) {
      Thread.sleep(5);
    }
    upkeep.interrupt();
    upkeep.join();

    assertThat(chain.problems()).isEmpty();
    assertThat(log.swept).isEqualTo(chain.now());
  }

  private Manifest publish(long checkpoint, long fid) throws Exception {
    return chain.store.manifest(chain.publish(checkpoint, rows((int) checkpoint, fid)));
  }

  /** Remembers what upkeep did. */
  private static final class Log implements Maintenance.Events, Maintenance.Sweep {
    private volatile Instant swept;
    private volatile List<Version> merged = List.of();
    private volatile int deleted;
    private volatile int failures;

    @Override
    public void run(Instant now) {
      swept = now;
    }

    @Override
    public void merged(Manifest full) {
      merged = List.of(full.version());
    }

    @Override
    public void deleted(int versions) {
      deleted = versions;
    }

    @Override
    public void failed() {
      failures = 1;
    }
  }
}
