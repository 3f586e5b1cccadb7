package io.freshet.job.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.feature.history.Histories;
import io.freshet.job.backfill.Recorded.Acted;
import io.freshet.job.backfill.Recorded.Shown;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.operator.LabelStreams;
import io.freshet.join.operator.LocalJoin;
import io.freshet.lab.stream.EventJson;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording goes through the job's join, and comes out as live events do. */
@Timeout(120)
final class RecordedStreamsITCase {
  private static final long T = 1_767_225_600_000L;
  private static final int N = 3_000; // one a second
  private static final int PASSES = 3;
  private static final int DECIDED = 2; // the last waits for the time of the topics

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"policy: wait, negatives: {rate: 0.5}", "policy: fake-negative-weighted"})
  void everyPassHasTheExamplesOfTheStream(String policy) throws Exception {
    LearnerConfig config = config(policy);
    record();
    RecordingSource source =
        new Backfill(dir.toString(), false, PASSES, Optional.empty()).source(config);
    List<LabeledExample> expected = local(config, source.recording());

    List<LabeledExample> learned = joined(config, source, DECIDED * expected.size());

    for (int pass = 0; pass < DECIDED; pass++) {
      List<LabeledExample> of =
          learned.subList(pass * expected.size(), (pass + 1) * expected.size());
      assertThat(texts(of)).containsExactlyInAnyOrderElementsOf(texts(expected));
      assertThat(of).isSortedAccordingTo((a, b) -> Long.compare(a.time(), b.time()));
      Origin origin = pass == 0 ? Origin.RECORDED : Origin.REPEATED;
      assertThat(of).allMatch(each -> each.origin() == origin && !each.scored());
    }
  }

  /** The examples of the join as the job has it. */
  private static List<LabeledExample> joined(LearnerConfig config, RecordingSource source, int n)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    RecordedStreams streams =
        RecordedStreams.of(
            env.fromSource(
                source,
                RecordedWatermarks.strategy(config.join()),
                "recording",
                WireType.of(Recorded.class)));
    LabelStreams labels =
        LabelStreams.join(
            streams.impressions(),
            streams.clicks(),
            config.join().withScoredShare(1),
            Histories.NONE);
    return streams.learned(labels.examples()).executeAndCollect(n);
  }

  /** The examples of the same events by the join without Flink. */
  private static List<LabeledExample> local(LearnerConfig config, Recording recording)
      throws IOException {
    List<LabeledExample> examples = new ArrayList<>();
    LocalJoin join = new LocalJoin(config.join().withScoredShare(0), new Learned(examples));
    try (Recording.Reading reading = recording.open(List.of())) {
      for (var next = reading.next(); next.isPresent(); next = reading.next()) {
        if (next.get() instanceof Shown shown) {
          join.impression(shown.impression());
        } else if (next.get() instanceof Acted acted) {
          join.click(acted.click());
        }
        join.advanceTo(next.get().time() - config.join().outOfOrderness().toMillis() - 1);
      }
      join.advanceTo(Long.MAX_VALUE);
    }
    return examples;
  }

  private record Learned(List<LabeledExample> examples) implements JoinOutput {
    @Override
    public void example(LabeledExample example) {
      examples.add(example);
    }

    @Override
    public void lateClick(Click click) {}

    @Override
    public void finalLabel(FinalLabel label) {}
  }

  private static List<String> texts(List<LabeledExample> examples) {
    return examples.stream()
        .map(
            each ->
                "%s %s %s at %s, weight %s"
                    .formatted(
                        each.impressionId(), each.kind(), each.label(), each.time(), each.weight()))
        .toList();
  }

  private void record() throws IOException {
    Random random = new Random(7);
    StringBuilder impressions = new StringBuilder();
    StringBuilder clicks = new StringBuilder();
    for (int i = 0; i < N; i++) {
      long shown = T + 1000L * i;
      byte[] impression = EventJson.impression("i" + i, shown, Map.of("user", "u" + i % 7));
      impressions.append(new String(impression, UTF_8)).append('\n');
      if (random.nextInt(3) == 0) { // some of them late
        byte[] click = EventJson.click("i" + i, shown + 1000L * random.nextInt(80));
        clicks.append(new String(click, UTF_8)).append('\n');
      }
    }
    Files.writeString(dir.resolve("impressions.jsonl"), impressions);
    Files.writeString(dir.resolve("clicks.jsonl"), clicks);
  }

  private static LearnerConfig config(String policy) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features: [{name: user, kind: categorical}]
        join:
          {window: 1 min, out-of-orderness: 90 s, warm-up: 0 s, breaker: {enabled: false}, %s}
        """
            .formatted(policy),
        "learner.yaml",
        List.of());
  }
}
