package io.freshet.snapshot.publish;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Pointer;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConcurrentWriterCheckTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path root;
  private SampleChain ours;
  private SampleChain others;
  private ConcurrentWriterCheck other;

  @BeforeEach
  void begin() {
    ours = new SampleChain(root).at(START);
    others = new SampleChain(root).at(START);
    other = new ConcurrentWriterCheck(ours.store);
  }

  @Test
  void aVersionThatBecameCurrentAfterOursIsAnothers() throws Exception {
    publishOurs(1);
    Version theirs = publishTheirs(2);

    assertThat(other.look()).contains(theirs);
  }

  @Test
  void theRunBeforeOursIsNoOtherLearner() throws Exception {
    publishTheirs(1);

    assertThat(other.look()).as("before our first").isEmpty();
    publishOurs(2);
    assertThat(other.look()).as("after it").isEmpty();
  }

  @Test
  void aPersonsChoiceIsNoOtherLearner() throws Exception {
    Version before = publishTheirs(1);
    publishOurs(2);
    Pointer pointer = new Pointer(ours.storage, () -> START.plusSeconds(3));

    pointer.rollBack(before, "calibration is off", false);
    assertThat(other.look()).isEmpty();
    pointer.pin(before, "frozen for the sale", false);
    assertThat(other.look()).isEmpty();
  }

  private void publishOurs(int second) throws Exception {
    Version version = ours.at(START.plusSeconds(second)).publish(second, rows(10, 1));
    other.published(ours.store.manifest(version));
  }

  private Version publishTheirs(int second) throws Exception {
    SampleChain chain = others.at(START.plusSeconds(second));
    return chain.lineage("0ddba115").publish(second, rows(10, 1));
  }
}
