package io.freshet.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.runtime.taskexecutor.GlobalAggregateManager;

/**
 * The request of the snapshot publisher that every shard sends all its rows, for the first version
 * of a lineage that can build on no other. The job master keeps it, which all tasks of the job can
 * ask; one that fails over forgets it.
 */
public final class FullRequest {
  /** No request. */
  public static final String NONE = "";

  private static final String NAME = "freshet-full-request";
  private static final String READ = "?"; // no lineage

  private final GlobalAggregateManager jobMaster;

  public FullRequest(GlobalAggregateManager jobMaster) {
    this.jobMaster = requireNonNull(jobMaster, "jobMaster");
  }

  /** The lineage whose first version needs all rows, or {@link #NONE}. */
  public String get() throws IOException {
    return update(READ);
  }

  /** Replaces the request. */
  public void set(String lineage) throws IOException {
    update(lineage);
  }

  private String update(String value) throws IOException {
    try {
      return jobMaster.updateGlobalAggregate(NAME, value, new Latest());
    } catch (IOException e) {
      if (e.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt(); // which Flink has cleared
      }
      throw e;
    }
  }

  /** The value that was set last. */
  private static final class Latest implements AggregateFunction<String, String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String createAccumulator() {
      return NONE;
    }

    @Override
    public String add(String value, String latest) {
      return value.equals(READ) ? latest : value;
    }

    @Override
    public String getResult(String latest) {
      return latest;
    }

    @Override
    public String merge(String one, String other) {
      throw new UnsupportedOperationException("there is one job master");
    }
  }
}
