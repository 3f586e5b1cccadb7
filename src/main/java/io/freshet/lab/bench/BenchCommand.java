package io.freshet.lab.bench;

import io.freshet.lab.bench.churn.ChurnCommand;
import io.freshet.lab.bench.cost.CostCommand;
import io.freshet.lab.bench.history.HistoryCommand;
import io.freshet.lab.bench.loop.DelayCommand;
import io.freshet.lab.bench.loop.JoinCommand;
import io.freshet.lab.bench.loop.KernelCommand;
import io.freshet.lab.bench.loop.LoopCommand;
import io.freshet.lab.bench.loop.ParallelismCommand;
import io.freshet.lab.bench.loop.PipelineCommand;
import io.freshet.lab.bench.loop.RestoreCommand;
import io.freshet.lab.bench.loop.ScalingCommand;
import io.freshet.lab.bench.quality.QualityCommand;
import io.freshet.lab.bench.serving.FreshnessCommand;
import io.freshet.lab.bench.serving.ServingCommand;
import io.freshet.lab.bench.serving.StoreCommand;
import io.freshet.lab.bench.snapshot.FarStoreCommand;
import io.freshet.lab.bench.soak.SoakCommand;
import io.freshet.lab.bench.table.TableCommand;
import io.freshet.lab.labels.LabelsCommand;
import io.freshet.lab.labels.OutageCommand;
import io.freshet.lab.labels.SamplingCommand;
import io.freshet.lab.labels.drift.DriftCommand;
import io.freshet.lab.labels.drift.VariantsCommand;
import picocli.CommandLine.Command;

/** Measures; does nothing without one of its commands. */
@Command(
    name = "bench",
    description = {
      "Measures how fast this machine learns, against its own matrix product.",
      "",
      "The roofline is the speed at which the examples' matrix products alone would run, three a"
          + " layer, at the speed that OpenBLAS shows on 400 x 400 x batch in the same run."
    },
    subcommands = {
      AllCommand.class,
      KernelCommand.class,
      CostCommand.class,
      LoopCommand.class,
      JoinCommand.class,
      PipelineCommand.class,
      ScalingCommand.class,
      RestoreCommand.class,
      DelayCommand.class,
      ParallelismCommand.class,
      ServingCommand.class,
      StoreCommand.class,
      FarStoreCommand.class,
      SoakCommand.class,
      TableCommand.class,
      ChurnCommand.class,
      QualityCommand.class,
      HistoryCommand.class,
      FreshnessCommand.class,
      DriftCommand.class,
      VariantsCommand.class,
      LabelsCommand.class,
      SamplingCommand.class,
      OutageCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench kernel",
      "  java -jar freshet.jar bench loop --json"
    })
public final class BenchCommand {}
