package io.freshet.train;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.Announcement;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.NoticeSink;
import io.freshet.snapshot.SnapshotPublisher;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.SnapshotWriter;
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
        .transform("SnapshotWriter", Announcement.TYPE, new SnapshotWriter(snapshot, model, 50))
        .uid("writer")
        .union(loop.dense().<Announcement>map(Announcement.Dense::new).returns(Announcement.TYPE))
        .transform(
            "SnapshotPublisher",
            Types.VOID,
            new SnapshotPublisher(
                snapshot,
                name,
                schema,
                model,
                new Manifest.Labels("click", "wait", Manifest.Labels.NONE, 1),
                NoticeSink.none()))
        .uid("publisher")
        .setParallelism(1);
  }
}
