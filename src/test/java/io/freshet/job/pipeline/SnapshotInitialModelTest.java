package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import io.freshet.train.RefusedException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotInitialModelTest {
  private static final String CONFIG =
      """
      kafka: {bootstrap-servers: "localhost:1"}
      features: [{name: user, kind: categorical, number: 1}]
      model:
        embedding-size: 2
        hidden-layers: [4]
        tasks: [{name: click}, {name: like, window: 1 h}, %s]
      """;

  @TempDir private Path root;

  @Test
  void aTaskThatFollowsOnAnotherIsNotTheVersions() throws Exception {
    SampleModel.ofTasks(root).full(Version.of("0badcafe-0000000001"), 0.5f, 1L << 52);

    assertThat(start("{name: purchase, after: click, window: 1 h}").shape()).isPresent();
    assertThat(start("{name: order, window: 1 h}").shape()).as("another task").isPresent();
    assertThatThrownBy(() -> start("{name: purchase, window: 1 h}"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model.tasks: after of purchase is nothing, there it is click");
  }

  private SnapshotInitialModel start(String task) throws Exception {
    LearnerConfig config = LearnerConfig.parse(CONFIG.formatted(task), "learner.yaml", List.of());
    return SnapshotInitialModel.of(root.toUri().toString(), config);
  }
}
