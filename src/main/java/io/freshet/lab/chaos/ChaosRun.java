package io.freshet.lab.chaos;

import io.freshet.config.LearnerConfig;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.chaos.fault.ChaosJob;
import io.freshet.lab.chaos.fault.ChaosSettings;
import io.freshet.lab.chaos.fault.FaultInjector;
import io.freshet.lab.chaos.fault.FaultPlan;
import io.freshet.lab.chaos.fault.FaultTargets;
import io.freshet.lab.chaos.fault.Partitions;
import io.freshet.lab.chaos.fault.ProducerClocks;
import io.freshet.lab.chaos.fault.RecoveryWatch;
import io.freshet.lab.chaos.fault.ResultTopics;
import io.freshet.lab.chaos.fault.SmallDisk;
import io.freshet.lab.cluster.BrokerProcess;
import io.freshet.lab.cluster.FlinkCluster;
import io.freshet.lab.cluster.Host;
import io.freshet.lab.cluster.HostNetwork;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One run: processes of a broker and a cluster, a stream, and the faults of a plan while it flows;
 * then everything is read, decided and audited.
 */
final class ChaosRun {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int ATTEMPTS_TO_FINISH = 5;

  /**
   * Sized for several processes on a laptop. States and metrics of tasks are always current for the
   * watch (by default up to three seconds old), and the loop spans task managers where it can.
   */
  private static final Map<String, String> SMALL =
      Map.of(
          "jobmanager.memory.process.size", "900m",
          "jobmanager.memory.jvm-metaspace.size", "160m",
          "taskmanager.memory.process.size", "1100m",
          "taskmanager.memory.framework.off-heap.size", "64m",
          "taskmanager.memory.jvm-overhead.min", "96m",
          "taskmanager.memory.managed.fraction", "0.3",
          "metrics.fetcher.update-interval", "500 ms",
          "web.refresh-interval", "250 ms",
          "taskmanager.load-balance.mode", "SLOTS");

  private static final List<String> RULE_RECOVERY =
      List.of(
          "heartbeat.interval",
          "heartbeat.rpc-failure-threshold",
          "heartbeat.timeout",
          "restart-strategy.exponential-delay.initial-backoff",
          "restart-strategy.exponential-delay.max-backoff",
          "taskmanager.slot.timeout");

  private final ChaosSettings settings;
  private final Consumer<String> log;

  ChaosRun(ChaosSettings settings, Consumer<String> log) {
    this.settings = settings;
    this.log = log;
  }

  ChaosOutcome run() throws Exception {
    if (!settings.network()) {
      Host here = Host.LOOPBACK;
      List<Host> all = Collections.nCopies(settings.taskManagers(), here);
      return run(here, here, all, Optional.empty());
    }
    try (HostNetwork network = new HostNetwork()) {
      List<Host> taskManagers = new ArrayList<>();
      for (int i = 0; i < settings.taskManagers(); i++) {
        taskManagers.add(network.host("task-manager-" + i));
      }
      return run(
          network.host("broker"), network.host("job-manager"), taskManagers, Optional.of(network));
    }
  }

  private ChaosOutcome run(
      Host brokerHost, Host jobManager, List<Host> taskManagers, Optional<HostNetwork> network)
      throws Exception {
    try (BrokerProcess broker = new BrokerProcess(settings.out(), brokerHost);
        FlinkCluster cluster = cluster(jobManager, taskManagers)) {
      broker.start();
      LearnerConfig config = config(broker, settings.plan().parallelism());
      createTopics(broker, config);
      cluster.start();
      ChaosJob job = new ChaosJob(cluster, settings.storage(), p -> config(broker, p));
      job.start(config.parallelism());
      job.awaitRunning();
      log.accept(
          "cluster and job are up: parallelism %s, state on %s"
              .formatted(config.parallelism(), backend(config)));
      return run(
          broker,
          cluster,
          job,
          config,
          network.map(hosts -> new Partitions(hosts, cluster, brokerHost)));
    }
  }

  private FlinkCluster cluster(Host jobManager, List<Host> taskManagers) throws IOException {
    Map<String, String> flink = new HashMap<>(SMALL);
    if (settings.disk().isPresent()) {
      Path local = Files.createDirectories(settings.storage().resolve("tmp"));
      flink.put("state.backend.rocksdb.localdir", local.toString());
    }
    return new FlinkCluster(settings.out(), jobManager, taskManagers, flink);
  }

  private Optional<SmallDisk> disk() throws IOException {
    return settings.disk().isPresent()
        ? Optional.of(SmallDisk.of(settings.disk().get()))
        : Optional.empty();
  }

  private static ResultTopics results(BrokerProcess broker, LearnerConfig config) {
    var names = config.kafka().topics();
    return new ResultTopics(
        broker.clients(),
        List.of(names.deadLetters(), names.lateClicks(), names.metrics(), names.snapshots()));
  }

  private ChaosOutcome run(
      BrokerProcess broker,
      FlinkCluster cluster,
      ChaosJob job,
      LearnerConfig config,
      Optional<Partitions> partitions)
      throws Exception {
    ProducerClocks clocks = new ProducerClocks();
    try (ChaosStream stream = new ChaosStream(settings, config, clocks);
        RecoveryWatch watch = new RecoveryWatch(cluster.rest(), job::id)) {
      var store = new SnapshotStore(LocalStorage.at(config.snapshot().root()));
      FaultPlan aim = new FaultPlan(cluster, store);
      FaultTargets targets =
          new FaultTargets(
              broker, cluster, job, results(broker, config), clocks, partitions, disk());
      FaultInjector striker = new FaultInjector(targets, aim, watch, log);
      striker.run(settings.plan().strikes());
      long sent = stream.finish(settings.length());
      log.accept(String.format(Locale.ROOT, "the stream has ended: %,d records", sent));
      finish(job, config);
      var ruling = ruling(cluster, config);
      log.accept("all is learned; comparing with the oracle");
      return new ChaosOutcome(
          settings.seed(),
          backend(config),
          sent,
          aim.checkpoints(),
          ruling,
          striker.struck(),
          watch.recoveries(),
          Audit.of(config));
    }
  }

  /** Waits until a snapshot contains all records, then decides what waits and stops. */
  private void finish(ChaosJob job, LearnerConfig config) throws IOException, InterruptedException {
    awaitAllRead(job, config);
    for (int attempt = 1; ; attempt++) {
      try {
        job.awaitRunning();
        job.finish();
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS_TO_FINISH || job.isFinished()) {
          throw e;
        }
        log.accept("did not stop, once more: " + e.getMessage());
      }
    }
  }

  private void awaitAllRead(ChaosJob job, LearnerConfig config)
      throws IOException, InterruptedException {
    var store = new SnapshotStore(LocalStorage.at(config.snapshot().root()));
    Map<String, Long> ends = new HashMap<>();
    try (TopicAdmin admin = config.kafka().clients().topicAdmin()) {
      var topics = config.kafka().topics();
      for (String topic : List.of(topics.impressions(), topics.clicks())) {
        admin.ends(topic).forEach((partition, end) -> ends.put(partition.toString(), end));
      }
    }
    Optional<Version> last = Optional.empty();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var latest = store.latest();
      if (!latest.equals(last)) { // it goes on, however slowly
        last = latest;
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
      Map<String, Long> read = latest.isEmpty() ? Map.of() : store.manifest(latest.get()).offsets();
      if (ends.entrySet().stream()
          .allMatch(e -> read.getOrDefault(e.getKey(), 0L) >= e.getValue())) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "for %s the latest snapshot, %s, has held %s of %s; the job's last failure: %s"
                .formatted(PATIENCE, latest, read, ends, job.lastFailure()));
      }
      Thread.sleep(250);
    }
  }

  private LearnerConfig config(BrokerProcess broker, int parallelism) {
    List<String> all = new ArrayList<>();
    all.add("kafka.bootstrap-servers=" + broker.bootstrapServers());
    all.add("snapshot.root=" + settings.storage().resolve("snapshots").toUri());
    all.add("checkpoint.dir=" + settings.storage().resolve("checkpoints").toUri());
    all.add("checkpoint.backend=" + settings.plan().backend());
    all.addAll(settings.overrides());
    all.add("parallelism=" + parallelism);
    return LearnerConfig.parse(yaml(), "chaos-learner.yaml", all).ofJson("chaos");
  }

  private static SortedMap<String, String> ruling(FlinkCluster cluster, LearnerConfig config)
      throws IOException, InterruptedException {
    SortedMap<String, String> ruling = new TreeMap<>(cluster.rest().configuration());
    ruling.keySet().retainAll(RULE_RECOVERY);
    ruling.put("checkpoint.interval", config.checkpoint().interval().toSeconds() + " s");
    return ruling;
  }

  private static String backend(LearnerConfig config) {
    return config.checkpoint().backend().name().toLowerCase(Locale.ROOT);
  }

  private static String yaml() {
    try (InputStream in = ChaosRun.class.getResourceAsStream("chaos-learner.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the class path lacks chaos-learner.yaml", e);
    }
  }

  private static void createTopics(BrokerProcess broker, LearnerConfig config)
      throws IOException, InterruptedException {
    var names = config.kafka().topics();
    broker.topics().create(names.impressions(), 4);
    broker.topics().create(names.clicks(), 2);
    for (String name : List.of(names.deadLetters(), names.lateClicks(), names.metrics())) {
      broker.topics().create(name, 1);
    }
  }
}
