package io.freshet.lab.chaos.fault;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.cluster.FlinkCluster;
import io.freshet.lab.cluster.Host;
import io.freshet.lab.cluster.HostNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Between which hosts of a cluster packets get lost. */
public final class Partitions {
  private final HostNetwork network;
  private final FlinkCluster cluster;
  private final Host broker;

  public Partitions(HostNetwork network, FlinkCluster cluster, Host broker) {
    this.network = network;
    this.cluster = cluster;
    this.broker = broker;
  }

  /** From one host to another. */
  private record Way(Host from, Host to) {}

  void cut(Kind kind, int taskManager) throws IOException {
    for (Way way : ways(kind, taskManager)) {
      network.cut(way.from(), way.to());
    }
  }

  void heal(Kind kind, int taskManager) throws IOException {
    for (Way way : ways(kind, taskManager)) {
      network.heal(way.from(), way.to());
    }
  }

  private List<Way> ways(Kind kind, int taskManager) {
    Host it = cluster.host(taskManager);
    return switch (kind) {
      case CUT_TASK_MANAGERS -> both(it, cluster.host((taskManager + 1) % cluster.taskManagers()));
      case CUT_JOB_MANAGER -> both(it, cluster.jobManagerHost());
      case CUT_BROKER -> both(it, broker);
      case MUTE_TASK_MANAGER -> toAll(it);
      default -> throw new IllegalArgumentException(kind + " is no partition");
    };
  }

  private static List<Way> both(Host one, Host other) {
    return one.equals(other) ? List.of() : List.of(new Way(one, other), new Way(other, one));
  }

  private List<Way> toAll(Host from) {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way(from, cluster.jobManagerHost()));
    ways.add(new Way(from, broker));
    for (int i = 0; i < cluster.taskManagers(); i++) {
      if (!cluster.host(i).equals(from)) {
        ways.add(new Way(from, cluster.host(i)));
      }
    }
    return ways;
  }
}
