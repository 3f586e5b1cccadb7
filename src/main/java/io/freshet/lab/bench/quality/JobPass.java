package io.freshet.lab.bench.quality;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.example.PredictedExample;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.LearnerTopology;
import io.freshet.job.pipeline.Results;
import io.freshet.lab.stream.LocalSink;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.train.InitialModel;
import io.freshet.train.SkippedExample;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * One pass of the job over a stream: from labeled examples on, in a Flink of this process. It reads
 * from memory as fast as it learns, so trainers are as stale as they are when a topic is read from
 * its start.
 */
final class JobPass {
  /** Shared with the tasks in this process. */
  private static volatile List<LabeledExample> examples = List.of();

  private static final Map<String, Float> PREDICTIONS = new ConcurrentHashMap<>();
  private static final Set<String> SKIPPED = ConcurrentHashMap.newKeySet();

  private final LearnerConfig config;

  JobPass(LearnerConfig config) {
    this.config = config;
  }

  /**
   * The settings under which the job learns the same batches in every run: none is cut by a
   * checkpoint, or by the clock where the machine is busy.
   */
  static List<String> settings(int trainers, Path scratch) {
    return List.of(
        "parallelism=" + trainers,
        "train.batch-linger=5 s",
        "predictions.to=files", // makes the loop send the impressions' ids
        "checkpoint.interval=1 d",
        "checkpoint.dir=" + scratch.resolve("checkpoints").toUri(),
        "snapshot.root=" + scratch.resolve("snapshots").toUri());
  }

  /**
   * Learns the examples.
   *
   * @param first examples that {@link QualityFigures#rel} leaves out
   */
  QualityFigures run(Iterator<LabeledExample> stream, int first) throws Exception {
    PREDICTIONS.clear();
    SKIPPED.clear();
    List<LabeledExample> all = new ArrayList<>();
    stream.forEachRemaining(all::add);
    examples = all;
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    StreamExecutionEnvironment env = new LearnerJob(config, true).localEnvironment(flink);
    new LearnerTopology(config, InitialModel.PLAIN).learn(source(env), results());
    env.execute();
    PredictedStream predicted = new PredictedStream();
    for (LabeledExample example : all) {
      float prediction = PREDICTIONS.getOrDefault(example.impressionId(), Float.NaN);
      predicted.add(example.label() > 0, prediction);
    }
    examples = List.of();
    return predicted.figures(first, SKIPPED.size());
  }

  private static DataStream<LabeledExample> source(StreamExecutionEnvironment env) {
    return env.fromSequence(0, examples.size() - 1)
        .setParallelism(1)
        .map(number -> examples.get(number.intValue()))
        .returns(WireType.of(LabeledExample.class))
        .setParallelism(1)
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<LabeledExample>forMonotonousTimestamps()
                .withTimestampAssigner((example, time) -> example.time()))
        .setParallelism(1);
  }

  private static Results results() {
    return new Results(
        new DiscardingSink<>(),
        new LocalSink<>(JobPass::note),
        new DiscardingSink<>(),
        new DiscardingSink<>(),
        AnnouncementSink.none(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new LocalSink<>(JobPass::note)));
  }

  private static void note(SkippedExample skipped) {
    SKIPPED.add(skipped.example().impressionId());
  }

  private static void note(PredictedExample predicted) {
    PREDICTIONS.put(predicted.impressionId(), predicted.prediction());
  }
}
