package io.freshet.config;

import static io.freshet.config.ValueParser.anyWholeNumber;
import static io.freshet.config.ValueParser.directory;
import static io.freshet.config.ValueParser.duration;
import static io.freshet.config.ValueParser.limit;
import static io.freshet.config.ValueParser.most;
import static io.freshet.config.ValueParser.name;
import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.positiveNumber;
import static io.freshet.config.ValueParser.text;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Each stage's section as its settings record: its keys, and the range of each. */
final class Sections {
  private static final int MILLION = 1_000_000;
  private static final int CROSS_LAYERS = 2;
  private static final Map<String, ModelKind> MODELS =
      Arrays.stream(ModelKind.values())
          .collect(Collectors.toUnmodifiableMap(ModelKind::key, kind -> kind));
  private static final Map<String, ExampleSettings.Target> TARGETS =
      Map.of(
          "nowhere", ExampleSettings.Target.NOWHERE,
          "topic", ExampleSettings.Target.TOPIC,
          "files", ExampleSettings.Target.FILES);
  private static final Map<String, Backend> BACKENDS =
      Map.of("rocksdb", Backend.ROCKSDB, "hashmap", Backend.HASHMAP);

  private Sections() {}

  static ModelSettings model(Section s, ModelSettings d) {
    ModelKind kind = s.kind("kind", d.kind(), oneOf(MODELS));
    return new ModelSettings(
        kind,
        kind.embeds() ? s.get("embedding-size", d.embeddingSize(), wholeNumber(1, 512)) : 0,
        kind.deep() ? s.list("hidden-layers", d.hiddenLayers(), wholeNumber(1, 8192)) : List.of(),
        kind.crosses() ? s.get("cross-layers", CROSS_LAYERS, wholeNumber(1, 16)) : 0,
        s.get("l2", d.l2(), number(0, 1000)),
        s.get("seed", d.seed(), anyWholeNumber()));
  }

  static TrainSettings train(Section s, TrainSettings d) {
    Section dense = s.section("dense");
    return new TrainSettings(
        s.get("batch-size", d.batchSize(), wholeNumber(1, 65_536)),
        s.get("batch-linger", d.batchLinger(), duration("1 ms", "1 h")),
        s.get("max-in-flight", d.maxInFlight(), wholeNumber(1, 64)),
        dense.get("sync-every", d.denseSyncEvery(), wholeNumber(1, MILLION)),
        dense.get("slices", d.denseSlices(), wholeNumber(1, 4096)),
        s.get("cache-rows", d.cacheRows(), wholeNumber(1, 100 * MILLION)),
        learning(s, dense, d.learning()));
  }

  private static LearningSettings learning(Section s, Section dense, LearningSettings d) {
    return new LearningSettings(
        s.get("step-size", d.stepSize(), wholeNumber(1, 65_536)),
        s.get("repeats-per-user", d.repeatsPerUser(), wholeNumber(1, 65_536)),
        s.section("first-order-optimizer").as(d.firstOrder(), OptimizerReader::read),
        s.section("embedding-optimizer").as(d.embedding(), OptimizerReader::readForVectors),
        dense.get("step-size", d.denseStepSize(), wholeNumber(1, MILLION)),
        dense.section("optimizer").as(d.dense(), OptimizerReader::read),
        d.labels(),
        d.table(),
        regularization(s, d.regularization()));
  }

  private static Regularization regularization(Section s, Regularization d) {
    Section clip = s.section("clip");
    return new Regularization(
        s.get("dropout", d.dropout(), number(0, 0.99)),
        clip.get("rows", d.rowNorm(), most()),
        clip.get("dense", d.denseNorm(), most()),
        d.fields());
  }

  static EvaluateSettings evaluate(Section s, EvaluateSettings d) {
    return new EvaluateSettings(
        s.get("window", d.window(), duration("1 ms", "366 d")),
        s.get("at-impression", (float) d.atImpression(), number(0, 1)),
        s.list("slices", d.slices(), text()),
        s.get("slice-values", d.sliceValues(), wholeNumber(1, 1000)));
  }

  static SnapshotSettings snapshot(Section s, SnapshotSettings d) {
    return new SnapshotSettings(
        s.get("root", d.root(), directory()),
        s.section("merge").as(d.merge(), Sections::merge),
        s.section("retention").as(d.retention(), Sections::retention),
        s.section("gate").as(d.gate(), Sections::gate));
  }

  private static CompactionSettings merge(Section s, CompactionSettings d) {
    return new CompactionSettings(
        s.get("share", d.share(), positiveNumber()),
        s.get("deltas", d.deltas(), wholeNumber(1, MILLION)));
  }

  private static RetentionSettings retention(Section s, RetentionSettings d) {
    return new RetentionSettings(
        s.get("fulls", d.fulls(), wholeNumber(1, MILLION)),
        s.get("grace", d.grace(), duration("1 s", "366 d")),
        s.get("branches", d.branches(), duration("0 ms", "3660 d")));
  }

  private static GateSettings gate(Section s, GateSettings d) {
    return new GateSettings(
        s.get("windows", d.windows(), wholeNumber(1, 10_000)),
        s.get("min-examples", d.minExamples(), wholeNumber(0, Integer.MAX_VALUE)),
        s.get("max-logloss", d.maxLogloss(), limit()),
        s.get("max-ne", d.maxNe(), limit()),
        s.get("min-calibration", d.minCalibration(), limit()),
        s.get("max-calibration", d.maxCalibration(), limit()));
  }

  static ExampleSettings examples(Section s, ExampleSettings d) {
    return new ExampleSettings(
        s.get("to", d.to(), oneOf(TARGETS)),
        s.get("topic", d.topic(), name()),
        s.get("dir", d.dir(), directory()));
  }

  static CheckpointSettings checkpoint(Section s, CheckpointSettings d) {
    return new CheckpointSettings(
        s.get("interval", d.interval(), duration("10 ms", "1 d")),
        s.get("timeout", d.timeout(), duration("1 s", "1 d")),
        s.get("dir", d.dir(), directory()),
        s.get("backend", d.backend(), oneOf(BACKENDS)));
  }
}
