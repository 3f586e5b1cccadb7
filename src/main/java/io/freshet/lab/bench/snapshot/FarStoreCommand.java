package io.freshet.lab.bench.snapshot;

import io.freshet.cli.snapshot.TimeConverter;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.write.PublisherInput.Part;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What snapshots cost in a store that is far away. */
@Command(
    name = "snapshot",
    showDefaultValues = true,
    description = {
      "Measures snapshots in an S3 store: requests, bytes and seconds of each step.",
      "",
      "It stages and publishes a full and deltas of a made-up model (39 fields x 16), merges"
          + " them, and reads what a job reads that starts from the last, before and after the"
          + " merge. Each request waits for --delay on its way. The store is that of s3.endpoint"
          + " in the config.yaml of FLINK_CONF_DIR, by http; the plugin is in FLINK_PLUGINS_DIR."
          + " What is written below --root is deleted at the end."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench snapshot --root s3://freshet/bench --delay \"20 ms\""
    })
public final class FarStoreCommand extends Benchmark {
  private static final String ENDPOINT = "s3.endpoint";

  @Option(names = "--root", required = true, paramLabel = "URI", description = "Of the snapshots.")
  private String root;

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      defaultValue = "20 ms",
      converter = TimeConverter.class,
      description = "Added to each request.")
  private Duration delay;

  @Option(names = "--rows", paramLabel = "N", description = "Rows of the full.")
  private int rows = 1_000_000;

  @Option(names = "--deltas", paramLabel = "N", description = "Versions after it.")
  private int deltas = 20;

  @Option(names = "--delta-rows", paramLabel = "N", description = "Rows of each, some twice.")
  private int deltaRows = 50_000;

  @Option(names = "--parts", paramLabel = "N", description = "Files of each version.")
  private int parts = 4;

  @Option(names = "--seed", description = "Seed of the rows.")
  private long seed = 1;

  @Override
  public Integer call() throws Exception {
    check(parts >= 1 && deltas >= 1, "--parts and --deltas must be 1 or more");
    check(
        rows >= parts && deltaRows >= 1 && deltaRows < rows,
        "--rows must be --parts or more, --delta-rows from 1 to below --rows");
    Configuration flink = GlobalConfiguration.loadConfiguration();
    String endpoint = flink.getString(ENDPOINT, "");
    check(
        root.startsWith("s3://") && endpoint.startsWith("http://"),
        "--root %s with %s \"%s\": expected s3://… and http://HOST:PORT in FLINK_CONF_DIR/config.yaml"
            .formatted(root, ENDPOINT, endpoint));
    URI server = URI.create(endpoint);
    int port = server.getPort() < 0 ? 80 : server.getPort();
    try (DelayProxy proxy = new DelayProxy(new InetSocketAddress(server.getHost(), port), delay)) {
      flink.setString(ENDPOINT, proxy.endpoint());
      FileSystem.initialize(flink, PluginUtils.createPluginManagerFromRootFolder(flink));
      String own = root + "/" + Version.drawLineage();
      measure(new FarStoreBench(FlinkStorage.at(own), parts, seed), proxy);
    }
    return 0;
  }

  private void measure(FarStoreBench bench, DelayProxy proxy) throws Exception {
    Steps steps = new Steps(proxy, FarStoreFigure.table(out(), asJson()));
    List<Part> full = bench.stage(rows, rows);
    steps.measure("publish the full", () -> bench.publish(full));
    for (int delta = 1; delta < deltas; delta++) {
      bench.publish(bench.stage(deltaRows, rows));
    }
    List<Part> last = bench.stage(deltaRows, rows);
    steps.measure("publish a delta", () -> bench.publish(last));
    steps.measure("start from the chain", bench::start);
    steps.measure("merge the chain", bench::merge);
    steps.measure("start from the merged", bench::start);
    steps.figures.end();
    bench.delete();
  }

  private interface Step {
    void run() throws Exception;
  }

  private record Steps(DelayProxy proxy, FigureTable<FarStoreFigure> figures) {
    void measure(String name, Step step) throws Exception {
      Traffic before = proxy.traffic();
      long start = System.nanoTime();
      step.run();
      double seconds = (System.nanoTime() - start) / 1e9;
      figures.add(new FarStoreFigure(name, proxy.traffic().since(before), seconds));
    }
  }
}
