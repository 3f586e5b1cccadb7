package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hosts as network namespaces, where this system has them and lets us. */
public final class HostNetworkITCase {

  /** A network; skips the test with the reason where there can be none. */
  private static HostNetwork networkOrSkip() {
    try {
      return new HostNetwork();
    } catch (IOException e) {
      return abort("no hosts of their own here: " + e.getMessage());
    }
  }

  /** Whether this system has and allows hosts of their own. */
  public static boolean isPossible() {
    try (HostNetwork network = new HostNetwork()) {
      return network.gateway() != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void packetsGetLostWhereTheWayIsCutAndArriveWhereItIsHealed() throws Exception {
    try (HostNetwork network = networkOrSkip()) {
      Host one = network.host("one");
      Host other = network.host("other");
      try (ServerSocket server =
          new ServerSocket(0, 50, InetAddress.getByName(network.gateway().address()))) {
        assertThat(reaches(one, server)).isTrue();

        network.cut(one, network.gateway());

        assertThat(reaches(one, server)).isFalse();
        assertThat(reaches(other, server)).isTrue();

        network.heal(one, network.gateway());

        assertThat(reaches(one, server)).isTrue();
      }
    }
  }

  @Test
  void aNetworkLeavesNothing() throws Exception {
    List<String> before = namespaces();
    try (HostNetwork network = networkOrSkip()) {
      network.host("one");
      assertThat(namespaces()).hasSize(before.size() + 1);
    }
    assertThat(namespaces()).isEqualTo(before);
  }

  @Test
  void anotherNetworkFollowsWhileAProcessOfTheLastOneLives() throws Exception {
    Process left;
    try (HostNetwork network = networkOrSkip()) {
      List<String> command = new ArrayList<>(network.host("one").launcher());
      command.addAll(List.of("sleep", "60"));
      left = new ProcessBuilder(command).start();
      awaitNamespaceOf(left);
    }
    try (HostNetwork network = networkOrSkip()) {
      assertThat(network.host("one").address()).isNotEmpty();
    } finally {
      left.destroyForcibly();
    }
  }

  /** Waits until the process is in the namespace: {@code ip} has become {@code sleep}. */
  private static void awaitNamespaceOf(Process process) throws Exception {
    Path name = Path.of("/proc/" + process.pid() + "/comm");
    while (!Files.readString(name).strip().equals("sleep")) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(10);
    }
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws Exception {
    networkOrSkip().close();
    String dead = "fr2147483647"; // no process has that number
    run("ip", "link", "add", dead, "type", "bridge");
    run("ip", "netns", "add", "freshet-2147483647-one");

    networkOrSkip().close();

    assertThat(Path.of("/sys/class/net", dead)).doesNotExist();
    assertThat(namespaces()).noneMatch(name -> name.contains("2147483647"));
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** Whether a connection from the host comes about in two seconds. */
  private static boolean reaches(Host host, ServerSocket server) throws Exception {
    List<String> command = new ArrayList<>(host.launcher());
    String place = server.getInetAddress().getHostAddress() + "/" + server.getLocalPort();
    command.addAll(List.of("timeout", "2", "bash", "-c", ": > /dev/tcp/" + place));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0;
  }

  private static List<String> namespaces() throws Exception {
    Process process = new ProcessBuilder("ip", "netns", "list").start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .sorted()
        .toList();
  }
}
