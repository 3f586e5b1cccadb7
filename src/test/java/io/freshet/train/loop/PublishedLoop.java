package io.freshet.train.loop;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.publish.SnapshotPublisher;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.SnapshotWriter;
import io.freshet.train.LoopSettings;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/** A loop whose model is published, without the job around it. */
public final class PublishedLoop {
  /** Publishes what has learned too little to be of use. */
  private static final GateSettings NO_GATE =
      new GateSettings(
          false,
          GateSettings.NONE,
          1,
          0,
          GateSettings.NONE,
          GateSettings.NONE,
          GateSettings.NONE,
          GateSettings.NONE);

  private PublishedLoop() {}

  /** Attaches a loop that publishes to {@code snapshots} in a folder. */
  public static TrainingLoop attach(
      DataStream<LabeledExample> examples, LoopSettings settings, Path folder) {
    TrainingLoop loop = TrainingLoop.attach(examples, settings);
    publish(loop, settings, folder);
    return loop;
  }

  private static void publish(TrainingLoop loop, LoopSettings settings, Path folder) {
    ModelSettings model = settings.model();
    SnapshotSettings snapshot =
        new SnapshotSettings(
            folder.resolve("snapshots").toUri().toString(),
            CompactionSettings.DEFAULT,
            RetentionSettings.DEFAULT,
            NO_GATE);
    loop.rows()
        .transform(
            "SnapshotWriter",
            WireType.of(PublisherInput.class),
            SnapshotWriter.ofRows(snapshot, model, 50))
        .uid("writer")
        .union(
            loop.dense()
                .<PublisherInput>map(PublisherInput.Dense::new)
                .returns(WireType.of(PublisherInput.class)),
            loop.gauge()
                .<PublisherInput>map(PublisherInput.Gauge::new)
                .returns(WireType.of(PublisherInput.class)),
            loop.counts()
                .<PublisherInput>map(counts -> new PublisherInput.Added(counts.asMap()))
                .returns(WireType.of(PublisherInput.class)),
            loop.tables()
                .<PublisherInput>map(
                    table ->
                        new PublisherInput.SentTable(
                            table.lineage(), table.shard(), table.shards()))
                .returns(WireType.of(PublisherInput.class)))
        .transform(
            "SnapshotPublisher",
            Types.VOID,
            new SnapshotPublisher(
                    snapshot,
                    ManifestTemplate.of("loop", settings.schema(), model)
                        .withZeroFields(settings.train().learning().table().zeroFields()),
                    AnnouncementSink.none())
                .withPatience(Duration.ofSeconds(1)))
        .uid("publisher")
        .setParallelism(1);
  }
}
