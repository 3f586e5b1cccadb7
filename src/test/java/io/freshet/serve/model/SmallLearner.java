package io.freshet.serve.model;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.store.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Learns some examples, then publishes the rows they touched; forgets a user now and then. */
public final class SmallLearner {
  public static final int USERS = 40;

  private final FeatureSchema schema;
  private final ModelSettings model;
  private final String lineage;
  private final LocalLearner learner;
  private final ExampleEncoder encoder;
  private final Random random;
  private final SampleChain chain;
  private Optional<Version> parent = Optional.empty();
  private long checkpoint;

  public SmallLearner(Path root, long seed) {
    this(root, seed, "0badcafe", SampleModel.SCHEMA, SampleModel.SETTINGS);
  }

  public SmallLearner(
      Path root, long seed, String lineage, FeatureSchema schema, ModelSettings model) {
    this.schema = schema;
    this.model = model;
    this.lineage = lineage;
    learner = new LocalLearner(schema, model, LearningSettings.DEFAULT);
    encoder = new ExampleEncoder(schema);
    random = new Random(seed);
    chain = new SampleChain(root, schema, model);
  }

  public String lineage() {
    return lineage;
  }

  /** As a job does that starts from a savepoint. */
  public void goOnAfter(SmallLearner other) {
    checkpoint = other.checkpoint;
  }

  public Version publish() throws Exception {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Example example = encode("u" + random.nextInt(USERS));
      examples.add(new LabeledExample("i", 0, random.nextInt(2), 1, example));
    }
    learner.learn(examples);
    learner.flushDense();
    Set<Long> touched = new HashSet<>();
    examples.forEach(e -> Arrays.stream(e.example().fids()).forEach(touched::add));
    SortedMap<Long, float[]> rows = new TreeMap<>();
    touched.forEach(fid -> rows.put(fid, learner.finished(learner.find(fid))));
    long gone = Fids.of(1, ValueHash.of("u" + random.nextInt(USERS)));
    rows.remove(gone);
    float[] dense = new float[learner.dense().size()];
    learner.dense().finish(0, dense.length, dense, 0);
    Version version = new Version(lineage, ++checkpoint);
    chain.publish(version, parent, rows, new long[] {gone}, dense);
    parent = Optional.of(version);
    return version;
  }

  public List<Example> encode(List<String> users) {
    return users.stream().map(this::encode).toList();
  }

  public Predictor predictor(Snapshot snapshot) {
    return new Predictor(
        schema,
        model,
        snapshot,
        UnknownRows.START,
        snapshot.denseVector(),
        snapshot.gauge(),
        LabelCorrection.none());
  }

  private Example encode(String user) {
    Map<String, ?> features =
        Map.of("user", user, "genres", List.of("war"), "price", 2, "hour", "7");
    return ((DecodeResult.Good<Example>)
            encoder.encode(FeatureValues.of(encoder.names(), features)))
        .value();
  }
}
