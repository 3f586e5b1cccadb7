package io.freshet.wire;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.taskexecutor.GlobalAggregateManager;

/** Keeps what a harness' operator asks of the job master; Flink's own for tests keeps nothing. */
public final class OwnJobMaster implements GlobalAggregateManager {
  private final Map<String, Object> kept = new ConcurrentHashMap<>();

  private OwnJobMaster() {}

  /** Puts one into a harness' environment, and returns its request for a full. */
  public static FullRequest in(MockEnvironment environment) throws ReflectiveOperationException {
    OwnJobMaster own = new OwnJobMaster();
    Field manager = MockEnvironment.class.getDeclaredField("aggregateManager");
    manager.setAccessible(true); // the builder has no way to set it
    manager.set(environment, own);
    return new FullRequest(own);
  }

  @Override
  @SuppressWarnings("unchecked") // as Flink's job master: the caller's types are those of its name
  public <IN, ACC, OUT> OUT updateGlobalAggregate(
      String name, Object value, AggregateFunction<IN, ACC, OUT> function) throws IOException {
    Object before = kept.getOrDefault(name, function.createAccumulator());
    ACC after = function.add((IN) value, (ACC) before);
    kept.put(name, after);
    return function.getResult(after);
  }
}
