package io.freshet.join.operator;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.join.JoinSettings;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Impressions that the label join takes in and gives out labeled, on heap state: one a millisecond
 * of 40 features each, 3 in 100 clicked two seconds later, a window of 10 seconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class JoinBenchmark {
  private static final int FEATURES = 40;
  private static final int DELAY = 2000;
  private static final int WATERMARK = 200;

  private final SplittableRandom random = new SplittableRandom(1);
  private final long[] fids = random.longs(FEATURES).toArray();
  private final float[] values = new float[FEATURES];
  private JoinHarness join;
  private long time;

  @Setup
  public void open() throws Exception {
    JoinSettings like = JoinSettings.DEFAULT;
    join =
        JoinHarness.open(
            JoinSettings.ofClicks(
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                like.idleness(),
                like.timerBucket()));
  }

  @TearDown
  public void close() {
    join.close();
  }

  @Benchmark
  public void impression() throws Exception {
    time++;
    Example example = new Example(time, fids, values);
    join.processElement1(new EncodedImpression(id(time), time, 1, example), time);
    if (isClicked(time - DELAY)) {
      join.processElement2(new Click(id(time - DELAY), time), time);
    }
    if (time % WATERMARK == 0) {
      join.watermarks(time);
      join.getOutput().clear();
    }
  }

  private static boolean isClicked(long impression) {
    return impression > 0 && impression % 33 == 0;
  }

  private static String id(long impression) {
    return "impression-" + impression;
  }
}
