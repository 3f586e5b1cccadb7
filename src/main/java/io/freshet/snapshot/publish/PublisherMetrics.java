package io.freshet.snapshot.publish;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.maintain.Maintenance;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The publisher's metrics, which its threads update. */
final class PublisherMetrics implements Maintenance.Events {
  private final MetricGroup group;
  private final Counter versions;
  private final Counter withheld;
  private final Counter publicationFailures;
  private final Counter lost;
  private final Counter announcementFailures;
  private final Counter merges;
  private final Counter deletions;
  private final Counter maintenanceFailures;
  private volatile Manifest last; // null before the first
  private volatile long fullBytes;

  PublisherMetrics(MetricGroup group) {
    this.group = group;
    versions = group.counter("versions");
    withheld = group.counter("withheld");
    publicationFailures = group.counter("failures");
    lost = group.counter("lost");
    announcementFailures = group.counter("announcement_failures");
    merges = group.counter("merges");
    deletions = group.counter("deleted_versions");
    maintenanceFailures = group.counter("maintenance_failures");
    group.gauge("last_bytes", (Gauge<Long>) () -> last == null ? 0 : last.bytes());
    group.gauge("last_rows", (Gauge<Long>) () -> last == null ? 0 : last.rows());
    group.gauge("last_withheld", (Gauge<Boolean>) () -> last != null && last.isWithheld());
    group.gauge("last_full_bytes", (Gauge<Long>) () -> fullBytes);
    group.gauge("age_millis", (Gauge<Long>) this::ageMillis);
  }

  /** Adds for how long publishing has been failing at the same step. */
  void stuck(LongSupplier seconds) {
    group.gauge("stuck_seconds", (Gauge<Long>) seconds::getAsLong);
  }

  void published(Manifest manifest) {
    versions.inc();
    if (manifest.isWithheld()) {
      withheld.inc();
    }
    last = manifest;
  }

  void publicationFailed() {
    publicationFailures.inc();
  }

  void lost() {
    lost.inc();
  }

  void announcementFailed() {
    announcementFailures.inc();
  }

  @Override
  public void merged(Manifest full) {
    merges.inc();
    fullBytes = full.bytes();
  }

  @Override
  public void deleted(int count) {
    deletions.inc(count);
  }

  @Override
  public void failed() {
    maintenanceFailures.inc();
  }

  private long ageMillis() {
    return last == null ? -1 : System.currentTimeMillis() - last.created().toEpochMilli();
  }
}
