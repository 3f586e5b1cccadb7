package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.measure.Medians;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a network's delay costs, and what batches in flight bring back. */
@Command(
    name = "delay",
    description = {
      "Measures the learner on two task managers that are far from each other.",
      "",
      "Each record between them is under way for so long in each direction. Broker, job manager"
          + " and task managers are processes of their own; the model is the default one on 39"
          + " fields, and half of each batch's rows are with the other task manager. More batches"
          + " in flight (train.max-in-flight) hide the delay; they learn from older rows. Each"
          + " figure is of a job of its own."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench delay --delays 0,10 --in-flight 2,8"})
public final class DelayCommand extends Benchmark {
  @Option(
      names = "--delays",
      split = ",",
      paramLabel = "MS",
      defaultValue = "0,0.5,2,10",
      description = "Milliseconds in one direction (default: ${DEFAULT-VALUE}).")
  private List<Double> delays;

  @Option(
      names = "--in-flight",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,4,8",
      description = "Batches in flight (default: ${DEFAULT-VALUE}).")
  private List<Integer> inFlight;

  @Option(
      names = "--impressions",
      description = "Impressions in Kafka (default: ${DEFAULT-VALUE}).")
  private int impressions = 400_000;

  @Option(
      names = "--warm-up",
      description =
          "Jobs before the first figure, in which the task managers' code is compiled (default:"
              + " ${DEFAULT-VALUE}).")
  private int warmUp = 5;

  @Option(
      names = "--rounds",
      description = "Jobs for each figure, their median counts (default: ${DEFAULT-VALUE}).")
  private int rounds = 1;

  @Option(names = "--seed", description = "Seed of the examples (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  /**
   * One measurement.
   *
   * @param delay in one direction, milliseconds
   * @param speed examples a second; NaN where the impressions were too few to tell
   */
  private record DelayFigure(double delay, int inFlight, double speed) {
    Double known() {
      return Double.isNaN(speed) ? null : speed;
    }
  }

  @Override
  public Integer call() throws Exception {
    check(delays.stream().allMatch(d -> d >= 0 && d <= 1000), "--delays must be from 0 to 1000");
    check(inFlight.stream().allMatch(n -> n >= 1), "--in-flight must be 1 or more");
    check(impressions >= 10_000, "--impressions must be 10000 or more");
    check(warmUp >= 0, "--warm-up must be 0 or more");
    check(rounds >= 1, "--rounds must be 1 or more");
    FigureTable<DelayFigure> figures =
        new FigureTable<DelayFigure>(out(), Form.ARRAY.orTable(asJson()))
            .column("delay_ms", "delay ms", "%8.1f", DelayFigure::delay)
            .column("in_flight", "in flight", "%9d", DelayFigure::inFlight)
            .column("examples_per_second", "examples/s", "%,10.0f", DelayFigure::known)
            .begin();
    try (ScratchDirectory scratch = ScratchDirectory.create();
        DelayBench bench = new DelayBench(scratch.path(), impressions, seed)) {
      for (int job = 0; job < warmUp; job++) {
        bench.measure(oneWay(delays.get(0)), defaults(inFlight.get(inFlight.size() - 1)));
      }
      for (double delay : delays) {
        for (int batches : inFlight) {
          List<Double> speeds = new ArrayList<>();
          for (int round = 0; round < rounds; round++) {
            speeds.add(bench.measure(oneWay(delay), defaults(batches)));
          }
          figures.add(new DelayFigure(delay, batches, Medians.of(speeds, speed -> speed)));
        }
      }
    }
    figures.end();
    return 0;
  }

  private static Duration oneWay(double millis) {
    return Duration.ofNanos(Math.round(millis * 1e6));
  }

  private static Workload defaults(int inFlight) {
    Workload like = Workload.defaults();
    return new Workload(
        like.fields(),
        like.embeddingSize(),
        like.hiddenLayers(),
        like.batchSize(),
        like.stepSize(),
        inFlight);
  }
}
