package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What snapshots take of a store that speaks S3, counted before the server. */
final class FarStoreITCase {
  private static final int PARTS = 4;
  private static final int DELTAS = 4;
  private static final int FILES = PARTS * (1 + DELTAS);
  private static final double ROW_MEGABYTES = (2 * Long.BYTES + 17 * Float.BYTES) / 1e6;
  private static final int ROWS = 20_000;
  private static final int DELTA_ROWS = 4_000;

  /** Requests of a file that is read once: how large is it, and its bytes. */
  private static final int OF_READ = 2;

  /** Requests of a version: its manifest, whether it is merged, and the manifest of that. */
  private static final int OF_VERSION = 3;

  @TempDir private Path folder;

  @Test
  void requestsFollowTheFilesAndEachByteIsReadOnce() throws Exception {
    Map<String, JsonNode> steps = new HashMap<>();
    try (S3Server s3 = new S3Server(folder);
        Processes ours = new Processes(folder, s3.environment())) {
      String said =
          ours.run(
              0,
              ("bench snapshot --root s3://freshet/bench --json --delay 2ms --parts %s --deltas %s"
                      + " --rows %s --delta-rows %s")
                  .formatted(PARTS, DELTAS, ROWS, DELTA_ROWS)
                  .split(" "));
      for (JsonNode step : new ObjectMapper().readTree(said.substring(said.indexOf("[{")))) {
        steps.put(step.get("step").asText(), step);
      }
    }

    double full = ROWS * ROW_MEGABYTES;
    assertThat(megabytes(steps, "publish the full", "received_mb")).isLessThan(0.1);
    assertThat(megabytes(steps, "publish the full", "sent_mb")).isLessThan(0.1 + denseMegabytes());
    double chain = full + DELTAS * DELTA_ROWS * ROW_MEGABYTES;
    for (String step : new String[] {"merge the chain", "start from the chain"}) {
      assertThat(megabytes(steps, step, "received_mb")).isBetween(full, chain + 0.1);
      assertThat(requests(steps, step))
          .isLessThanOrEqualTo(OF_READ * FILES + OF_VERSION * (1 + DELTAS));
    }
    assertThat(megabytes(steps, "start from the merged", "received_mb"))
        .isBetween(full, full + 0.1);
    assertThat(requests(steps, "start from the merged")).isLessThanOrEqualTo(OF_READ + OF_VERSION);
  }

  /** 39 fields of 16, 64 units and the output. */
  private static double denseMegabytes() {
    return (39 * 16 * 64 + 64 + 64 + 1) * Float.BYTES / 1e6;
  }

  private static double megabytes(Map<String, JsonNode> steps, String step, String which) {
    return steps.get(step).get(which).asDouble();
  }

  private static int requests(Map<String, JsonNode> steps, String step) {
    return steps.get(step).get("requests").asInt();
  }
}
