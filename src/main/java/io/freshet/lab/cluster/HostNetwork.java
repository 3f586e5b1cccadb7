package io.freshet.lab.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Several hosts on this machine: network namespaces of Linux, each with an interface and an address
 * of its own, behind one bridge. Processes in them share the files and the clock, and see each
 * other only through the bridge; so packets between two hosts can get lost, in one direction or
 * both, as where a switch or a cable fails, in silence.
 *
 * <p>Needs Linux, root and the command {@code ip} (iproute2). What a process leaves that was
 * killed, the next network removes. Not thread-safe.
 */
public final class HostNetwork implements AutoCloseable {
  private static final String PREFIX = "freshet-";
  private static final String BRIDGE = "fr";
  private static final Pattern LEFT_NAMESPACE = Pattern.compile(PREFIX + "(\\d{1,10})-.*");
  private static final Pattern LEFT_BRIDGE = Pattern.compile(BRIDGE + "(\\d{1,10})");

  /** Of nobody: the bridge finds no port for it, and no host takes it. */
  private static final String NOWHERE = "02:00:00:00:00:01";

  private final long process = ProcessHandle.current().pid();
  private final String subnet = "10.213." + process % 256 + ".";
  private final String bridge = BRIDGE + process;
  private final Map<String, String> namespaces = new LinkedHashMap<>(); // by address
  private final List<String> ports = new ArrayList<>();

  /**
   * Makes the bridge, with an address of this process on it.
   *
   * @throws IOException where this system does not let it, with its reason
   */
  public HostNetwork() throws IOException {
    sweep();
    ip("link", "add", bridge, "type", "bridge");
    try {
      ip("address", "add", gateway().address() + "/24", "dev", bridge);
      ip("link", "set", bridge, "up");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** This process, as the hosts see it. */
  public Host gateway() {
    return new Host(subnet + 1, List.of());
  }

  /** Adds a host. */
  public Host host(String name) throws IOException {
    String address = subnet + (2 + namespaces.size());
    String namespace = PREFIX + process + "-" + name;
    String port = bridge + "-" + namespaces.size();
    ip("netns", "add", namespace);
    namespaces.put(address, namespace);
    ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ports.add(port);
    ip("link", "set", port, "master", bridge, "up");
    ip("-n", namespace, "address", "add", address + "/24", "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    ip("-n", namespace, "link", "set", "lo", "up");
    return new Host(address, List.of("ip", "netns", "exec", namespace));
  }

  /** From now on, what one host sends to the other gets lost. */
  public void cut(Host from, Host to) throws IOException {
    neighbor(from, "replace", to, "lladdr", NOWHERE, "nud", "permanent");
  }

  /** Ends a {@link #cut}; what is sent again arrives. */
  public void heal(Host from, Host to) throws IOException {
    neighbor(from, "del", to);
  }

  private void neighbor(Host from, String what, Host to, String... how) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("-n", namespaces.get(from.address()), "neighbor", what));
    command.addAll(List.of(to.address(), "dev", "eth0"));
    command.addAll(List.of(how));
    ip(command.toArray(String[]::new));
  }

  /** Removes the namespaces and bridges of processes that are gone. */
  private static void sweep() throws IOException {
    for (String name : names("/run/netns")) {
      if (isLeft(LEFT_NAMESPACE.matcher(name))) {
        ip("netns", "delete", name);
      }
    }
    for (String name : names("/sys/class/net")) {
      if (isLeft(LEFT_BRIDGE.matcher(name))) {
        ip("link", "delete", name);
      }
    }
  }

  private static List<String> names(String folder) throws IOException {
    Path path = Path.of(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(path)) {
      return found.map(each -> each.getFileName().toString()).toList();
    }
  }

  private static boolean isLeft(Matcher name) {
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  private static void ip(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (run.waitFor() != 0) {
        throw new IOException("\"%s\" failed: %s".formatted(String.join(" ", command), said));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in \"" + String.join(" ", command) + '"', e);
    }
  }

  /** Removes all of it at once, though a namespace lasts until its last process has ended. */
  @Override
  public void close() throws IOException {
    for (String port : ports) {
      ip("link", "delete", port);
    }
    ports.clear();
    for (String namespace : namespaces.values()) {
      ip("netns", "delete", namespace);
    }
    namespaces.clear();
    ip("link", "delete", bridge);
  }
}
