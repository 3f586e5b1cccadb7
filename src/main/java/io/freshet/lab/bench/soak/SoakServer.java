package io.freshet.lab.bench.soak;

import io.freshet.cli.console.source.FlinkRest;
import io.freshet.lab.cluster.ChildProcess;
import io.freshet.lab.cluster.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code serve} in a process of its own. */
final class SoakServer implements AutoCloseable {
  private static final String HEAP = "-Xmx1g";
  private static final Pattern AT = Pattern.compile("at http://127\\.0\\.0\\.1:(\\d+)");
  private static final long PATIENCE = 60_000_000_000L;

  private final ChildProcess process;
  private final InetSocketAddress address;

  private SoakServer(ChildProcess process, int port) {
    this.process = process;
    address = new InetSocketAddress("127.0.0.1", port);
  }

  /** Starts one on a root, whose log goes to the folder, and waits until it is ready. */
  static SoakServer start(Path root, Path folder) throws IOException, InterruptedException {
    List<String> serve =
        List.of(
            "io.freshet.Main",
            "serve",
            "--snapshots",
            root.toString(),
            "--port",
            "0",
            "--poll",
            "200",
            "--without-console");
    ChildProcess process =
        new ChildProcess("serve", Host.LOOPBACK, folder.resolve("serve.log"), List.of(HEAP), serve);
    process.start();
    long end = System.nanoTime() + PATIENCE;
    while (process.isAlive() && System.nanoTime() < end) {
      String said = Files.readString(process.log());
      Matcher at = AT.matcher(said);
      if (at.find() && said.contains("ready: ")) {
        return new SoakServer(process, Integer.parseInt(at.group(1)));
      }
      Thread.sleep(100);
    }
    process.close();
    throw new IOException("no server; its log is " + Files.readString(process.log()));
  }

  InetSocketAddress address() {
    return address;
  }

  /** The value of a metric whose line begins so. */
  double metric(String line) throws IOException, InterruptedException {
    String all =
        FlinkRest.text(URI.create("http://127.0.0.1:%s/metrics".formatted(address.getPort())));
    return all.lines()
        .filter(each -> each.startsWith(line))
        .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new IOException("there is no metric " + line));
  }

  @Override
  public void close() {
    process.close();
  }
}
