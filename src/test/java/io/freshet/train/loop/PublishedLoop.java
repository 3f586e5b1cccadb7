package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.publish.SnapshotPublisher;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.SnapshotWriter;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;

/** What a loop learns, published to the folder {@code snapshots}, without the job around it. */
final class PublishedLoop {
  private PublishedLoop() {}

  static void publish(
      TrainingLoop loop, Path folder, String name, FeatureSchema schema, ModelSettings model) {
    SnapshotSettings snapshot =
        new SnapshotSettings(folder.resolve("snapshots").toUri().toString());
    loop.rows()
        .transform("SnapshotWriter", PublisherInput.TYPE, new SnapshotWriter(snapshot, model, 50))
        .uid("writer")
        .union(
            loop.dense()
                .<PublisherInput>map(PublisherInput.Dense::new)
                .returns(PublisherInput.TYPE))
        .transform(
            "SnapshotPublisher",
            Types.VOID,
            new SnapshotPublisher(
                snapshot, ManifestTemplate.of(name, schema, model), AnnouncementSink.none()))
        .uid("publisher")
        .setParallelism(1);
  }
}
