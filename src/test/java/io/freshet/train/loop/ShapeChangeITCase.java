package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job that is stopped with a savepoint, given another field or layer or robbed of one, and
 * started again: what it predicts before it learns, and what it publishes.
 */
@Timeout(180)
class ShapeChangeITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final Field USER = new CategoricalField("user", 1);
  private static final Field ITEM = new CategoricalField("item", 2);
  private static final Field TAGS = new MultiField("tags", 3);
  private static final Field HOUR = new CategoricalField("hour", 4);
  private static final FeatureSchema WHOLE =
      new FeatureSchema(List.of(USER, ITEM, TAGS, HOUR), "user");
  private static final FeatureSchema TURNED = new FeatureSchema(List.of(HOUR, USER, ITEM), "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final ModelSettings WIDER = ModelSettings.deepFm(4, List.of(24, 8), 0, 42);
  private static final LearningSettings D = LearningSettings.DEFAULT;
  private static final TrainSettings TRAIN =
      StoppedJob.settings(D.firstOrder(), D.embedding(), D.dense());

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void fieldsAndLayersComeAndGoByASavepoint(int before) throws Exception {
    StoppedJob job = new StoppedJob(CLUSTER, folder);
    String first = job.run(settings(SyntheticExamples.SCHEMA, MODEL), before, "");
    Version old = job.latest();

    String second = job.run(settings(WHOLE, MODEL), 1, first);
    Version grown = job.latest();

    assertThat(job.firstPredictions())
        .as("before the first update, but for the order in which a wider product is summed")
        .containsExactly(job.predict(old, SyntheticExamples.SCHEMA, MODEL), within(1e-6f));
    assertThat(grown.lineage()).isNotEqualTo(old.lineage());
    assertFullBegins(job, grown, WHOLE);
    assertThat(job.manifest(grown).unknownIds().zeroFields()).containsExactly(4);
    assertThat(job.fields(grown)).contains(1, 2, 3, 4);
    assertThat(job.load(grown).totalUpdates()).isGreaterThan(job.load(old).totalUpdates());
    assertThat(job.load(grown).fids()).contains(job.load(old).fids());

    job.run(settings(TURNED, WIDER), 1, second);
    Version turned = job.latest();

    assertThat(turned.lineage()).isNotEqualTo(grown.lineage());
    assertFullBegins(job, turned, TURNED);
    assertThat(job.fields(turned)).contains(1, 2, 4).doesNotContain(3);
    assertThat(job.manifest(turned).unknownIds().zeroFields()).containsExactly(4);
    for (long fid : job.load(grown).fids()) {
      if (Fids.field(fid) != 3) {
        assertThat(job.load(turned).updates(fid))
            .isGreaterThanOrEqualTo(job.load(grown).updates(fid));
      }
    }
  }

  @Test
  void aSequenceComesToAttendByASavepoint() throws Exception {
    Attention din = new Attention("item", 6, false);
    FeatureSchema mean = withRecent(new SequenceField("recent", 4, "item", 9, Pooling.MEAN));
    FeatureSchema attending =
        withRecent(new SequenceField("recent", 4, "item", 9, Pooling.ATTENTION, din));
    StoppedJob job = new StoppedJob(CLUSTER, folder);
    String first = job.run(settings(mean, MODEL), 1, "");
    Version old = job.latest();

    job.run(settings(attending, MODEL), 1, first);
    Version now = job.latest();

    assertThat(job.firstPredictions())
        .as("before the first update")
        .containsExactly(job.predict(old, mean, MODEL), within(1e-6f));
    assertThat(now.lineage()).isNotEqualTo(old.lineage());
    assertFullBegins(job, now, attending);
    assertThat(job.manifest(now).unknownIds().zeroFields()).isEmpty();
  }

  private static FeatureSchema withRecent(Field recent) {
    return new FeatureSchema(List.of(USER, ITEM, TAGS, recent), "user");
  }

  private static LoopSettings settings(FeatureSchema schema, ModelSettings model) {
    return LoopSettings.of(schema, model, TRAIN);
  }

  private static void assertFullBegins(StoppedJob job, Version version, FeatureSchema schema)
      throws IOException {
    assertThat(job.reader().verify(version).problems()).isEmpty();
    List<Manifest> chain = new ArrayList<>();
    for (Version v : job.store().versions()) {
      if (v.lineage().equals(version.lineage())) {
        chain.add(job.manifest(v));
      }
    }
    assertThat(chain).filteredOn(m -> m.kind() == Manifest.Kind.FULL).isNotEmpty();
    assertThat(chain).allMatch(m -> m.schema().equals(schema));
  }
}
