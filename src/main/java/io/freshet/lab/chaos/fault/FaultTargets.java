package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.cluster.BrokerProcess;
import io.freshet.lab.cluster.FlinkCluster;
import java.util.Optional;

/**
 * What the faults of a run meet.
 *
 * @param partitions between hosts; absent where all processes are on one
 * @param disk that checkpoints, snapshots and local state are on; absent where none can be filled
 */
public record FaultTargets(
    BrokerProcess broker,
    FlinkCluster cluster,
    ChaosJob job,
    ResultTopics results,
    ProducerClocks clocks,
    Optional<Partitions> partitions,
    Optional<SmallDisk> disk) {
  public FaultTargets {
    requireNonNull(broker, "broker");
    requireNonNull(cluster, "cluster");
    requireNonNull(job, "job");
    requireNonNull(results, "results");
    requireNonNull(clocks, "clocks");
    requireNonNull(partitions, "partitions");
    requireNonNull(disk, "disk");
  }
}
