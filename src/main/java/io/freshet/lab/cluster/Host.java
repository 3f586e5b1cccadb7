package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Where a process of a cluster runs.
 *
 * @param address by which the others reach it
 * @param launcher what goes ahead of a command to run it there
 */
public record Host(String address, List<String> launcher) {
  /** This machine. */
  public static final Host LOOPBACK = new Host("127.0.0.1", List.of());

  public Host {
    requireNonNull(address, "address");
    launcher = List.copyOf(launcher);
  }
}
