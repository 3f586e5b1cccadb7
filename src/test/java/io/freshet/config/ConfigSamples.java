package io.freshet.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Configurations that several tests read. */
final class ConfigSamples {
  /** Only what has no default. */
  static final String LEAST =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [{name: user, kind: categorical}]
      """;

  /** Every key, none at its default. */
  static final String FULL =
      """
      name: ads
      kafka:
        bootstrap-servers: k1:9092,k2:9093
        group-id: learners
        topics:
          impressions: shown
          clicks: clicked
          dead-letters: dead
          late-clicks: late
          metrics: figures
          snapshots: versions
        properties:
          security.protocol: SSL
          max.poll.records: 77
        recreated-topics: accept
      events:
        max-bytes: 2 KB
        max-values: 17
        max-ahead: 5 min
        format: avro
        click-format: avro
        schemas: s3://bucket/schemas
        registry: https://registry:8081/apis
        registry-auth: "me:too"
        schema-patience: 1 min
        protobuf: {descriptor: "file:///ads.desc", impression: ads.Shown, click: ads.Acted}
        impressions: {id: request.id, timestamp: ts, timestamp-unit: us, weight: meta.w}
        clicks: {id: ad, timestamp: at, timestamp-unit: iso-8601, action: what}
        actions: [{topic: sales, format: protobuf, message: ads.Sold, id: ad, timestamp: paid, timestamp-unit: s}]
      features:
        - {name: who, kind: categorical, number: 9, from: user.id}
        - {name: genres, kind: multi, rate-factor: 0.5, l2: 0.25, embedding-size: 8}
        - {name: price, kind: numeric, transform: log}
        - {name: raw, kind: numeric, transform: none}
        - {name: score, kind: numeric, transform: standardize, mean: 3.5, deviation: 0.25}
        - {name: age, kind: numeric, transform: buckets, bounds: [18, 30.5]}
        - {name: who-genre, kind: cross, of: [who, genres]}
        - {name: friend, kind: categorical, shares: who}
        - {name: liked, kind: multi, number: 10, shares: genres}
        - {name: recent, kind: sequence, number: 11, of: genres, length: 20, pooling: last, history: {field: who, of: liked, actions: [buy], expire-after: 30 d}}
        - {name: seen, kind: sequence, number: 12, of: genres, pooling: attention, target: who, units: 8, softmax: true}
      join:
        window: 2 h
        out-of-orderness: 500 ms
        idleness: 5s
        timer-bucket: 250 ms
        warm-up: 5 d
        actions:
          - {name: click, topic: acts}
          - {name: buy, topic: sales, window: 3 d, after: click, idleness: 1 h}
        label: {buy: 1}
        policy: short-wait
        short-wait: 20 s
        late-clicks: correct
        negatives: {rate: 0.5}
        max-weight: 10
        max-drift: 2 min
        breaker:
          enabled: false
          window: 2 min
          memory: 3 h
          drop: 0.25
          flood: 8
          silence: 30 s
          patience: 20 min
          max-hold: 6 h
          action: hold
      model:
        kind: dcn
        embedding-size: 16
        hidden-layers: [32]
        cross-layers: 3
        stacked: true
        low-rank: 8
        experts: 2
        l2: 1e-3
        seed: -7
        tasks:
          - {name: acted}
          - {name: back, after: acted, topic: returns, window: 4 d, warm-up: 0 s, idleness: 2 min, policy: wait, short-wait: 7 s, late-clicks: drop, negatives: {rate: 0.25, correction: weight}, max-weight: 3}
      train:
        user-field: who
        batch-size: 128
        step-size: 16
        repeats-per-user: 3
        batch-linger: 5 ms
        max-in-flight: 4
        cache-rows: 5000
        dropout: 0.25
        clip: {rows: 10, dense: 5}
        first-order-optimizer: {kind: ftrl, alpha: 0.25, beta: 2, l1: 0.5, l2: 0.125, accumulator-cap: 1e4}
        embedding-optimizer: {kind: adagrad, learning-rate: 0.2, initial-accumulator: 0.5, accumulator-cap: 25}
        dense:
          step-size: 32
          sync-every: 512
          slices: 96
          optimizer: {kind: adagrad, learning-rate: 0.03, initial-accumulator: 0.3, accumulator-cap: 900}
      embedding:
        admission: {kind: count, after: 5}
        expiry: 30 d
        max-rows: 1000000
        sketch-memory: 1 MB
        fields:
          - {name: genres, admission: {kind: all}, expiry: never}
          - {name: who, admission: {kind: sketch, after: 9}}
          - {name: who-genre, admission: {kind: chance, share: 0.25}, expiry: 12 h}
      evaluate: {window: 10 min, at-impression: 0.25, slices: [genres], slice-values: 7}
      snapshot:
        root: "s3://models/ads"
        merge: {share: 0.25, deltas: 7}
        retention: {fulls: 9, grace: 90 s, branches: 5 d}
        gate: {base-rate: false, max-skipped: 0.25, windows: 3, min-examples: 500, max-logloss: 0.6, max-ne: 0.9, min-calibration: 0.8, max-calibration: 1.25}
      checkpoint:
        interval: 30 s
        timeout: 2 min
        dir: hdfs://nn:8020/ckpt
        backend: hashmap
      examples: {to: files, topic: joined, dir: "hdfs://nn:8020/joined"}
      predictions: {to: topic, topic: guesses, dir: "hdfs://nn:8020/guesses"}
      parallelism: 3
      max-parallelism: 64
      """;

  /**
   * The kinds of optimiser, and the correction of sampled negatives, that {@link #FULL} has not.
   */
  static final String OTHER_KINDS =
      LEAST
          + """
          join: {negatives: {rate: 0.5, correction: log-odds}}
          train:
            first-order-optimizer: {kind: sgd, learning-rate: 0.05}
            embedding-optimizer: {kind: ftrl}
            dense: {optimizer: {kind: sgd}}
          model: {kind: wide-deep, embedding-size: 4, hidden-layers: [5]}
          """;

  /** The optimiser that only embeddings have. */
  static final String ROW_WISE =
      LEAST
          + """
          train:
            embedding-optimizer: {kind: rowwise-adagrad, learning-rate: 0.2, initial-accumulator: 0.5, accumulator-cap: 4}
          """;

  /** Optimisers whose moments decay, for one trainer. */
  static final String DECAYING =
      LEAST
          + """
          train:
            embedding-optimizer: {kind: momentum, learning-rate: 0.2, momentum: 0.5}
            dense: {optimizer: {kind: adam, beta1: 0.8, epsilon: 1e-6, weight-decay: 0.01}}
          parallelism: 1
          """;

  /** A model without embeddings. */
  static final String LINEAR = LEAST + "model: {kind: lr, l2: 0.5, seed: 1}\n";

  /** A model of embeddings without layers. */
  static final String PAIRS = LEAST + "model: {kind: fm, embedding-size: 8}\n";

  /** Every key at its default, as {@code config show} prints it. */
  static final String DEFAULTS = EffectiveConfig.parse(LEAST, "least.yaml", List.of()).yaml();

  private ConfigSamples() {}

  static LearnerConfig parse(String yaml, String... overrides) {
    return LearnerConfig.parse(yaml, "learner.yaml", List.of(overrides));
  }

  static String resource(String name) {
    try (InputStream in = ConfigSamples.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
