package io.freshet.job;

import io.freshet.FreshetVersion;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.job.pipeline.FlinkSettings;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.RetainedCheckpoints;
import io.freshet.train.RefusedException;
import io.freshet.train.Reset;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains from Kafka: on the cluster it is submitted to, otherwise inside this process. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = FreshetVersion.class,
    sortOptions = false,
    description = "Trains a model from the impressions and clicks in Kafka.",
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar train --config learner.yaml --set parallelism=4",
      "  flink run -d freshet-job.jar --config learner.yaml",
      "  java -jar freshet.jar train --config learner.yaml --from-examples examples/",
      "  java -jar freshet.jar train --config learner.yaml --from-files archive/ --epochs 2"
          + " --resume",
      "",
      "Exit codes: 0 done, 1 failed or nothing learned, 2 wrong usage or configuration."
    })
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(
      names = "--bounded",
      description =
          "End at what is the end of the topics now; the default is to go on indefinitely.")
  private boolean bounded;

  @Option(
      names = "--restore",
      paramLabel = "PATH",
      description = "Start from this savepoint or retained checkpoint.")
  private String restore;

  @Option(
      names = "--resume",
      description =
          "Start from the newest checkpoint that an earlier run left below checkpoint.dir, if there"
              + " is one: for whatever starts the job again when it is gone.")
  private boolean resume;

  @Option(
      names = "--migrate",
      description =
          "Convert the state that is started from, where it is of another model.kind,"
              + " model.embedding-size or optimizer, and go on without that of a task, a topic or"
              + " an output which is no longer configured; it is refused otherwise.")
  private boolean migrate;

  @Option(
      names = "--reset",
      paramLabel = "PART",
      description =
          "Start a part of the state again: dense, embeddings (all rows) or field:NAME (the rows of"
              + " a field); repeatable. All others go on. With --resume every start resets, so"
              + " leave it out of the next.")
  private List<String> reset = List.of();

  @Option(
      names = "--from-examples",
      paramLabel = "FROM",
      description =
          "Learn from labeled examples that a job wrote (a file, a directory or topic:NAME)"
              + " instead of impressions and clicks; ends with them.")
  private String fromExamples;

  @Option(
      names = "--from-snapshot",
      paramLabel = "ROOT[/VERSION]",
      description =
          "Start the model from a published version (the current one, if none is named) instead of"
              + " from nothing. Optimizer slots start fresh. With --resume, a checkpoint goes"
              + " first.")
  private String fromSnapshot;

  @Mixin private BackfillOptions recording;

  private RunFollower follower = RunFollower.NOBODY;

  /** Main class of the slim jar. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // Flink and its connectors write settings in the default one
    int code = new CommandLine(new TrainCommand()).execute(ScriptArguments.own(args));
    if (code != 0) {
      System.exit(code); // only then: a cluster's client goes on after main
    }
  }

  /** Has a run in this process followed. */
  public void followedBy(RunFollower other) {
    follower = other;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    checkOptions();
    try {
      LearnerConfig learner = LearnerConfig.read(config.file(), config.overrides());
      learner.warnings().forEach(warning -> err.println("warning: " + warning));
      var job = new LearnerJob(learner, bounded);
      if (fromSnapshot != null) {
        job.fromSnapshot(fromSnapshot);
      }
      recording.asked().ifPresent(job::learningFirst);
      if (migrate) {
        job.migrating();
      }
      Configuration recovery = recovery(learner, err);
      if (!reset.isEmpty()) {
        job.resetting(reset(learner, recovery, err));
      }
      var env = job.environment(recovery);
      boolean here = env instanceof LocalStreamEnvironment;
      if (here) {
        follower.prepare(recovery, learner, bounded || fromExamples != null);
        env = job.localEnvironment(recovery);
      }
      List<String> left =
          fromExamples == null ? job.build(env) : job.buildFromExamples(env, fromExamples);
      if (!left.isEmpty()) {
        err.println(
            "train: goes on without the state of operators that this job does not have: "
                + String.join(", ", left));
      }
      if (here) {
        err.println("Training in this process");
      }
      err.flush();
      return run(env, here);
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return 2;
    } catch (RefusedException e) {
      err.println("train: refused: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      err.println("train: " + e.getMessage());
      return 1;
    } catch (JobExecutionException e) {
      return refused(e, err);
    }
  }

  private int run(StreamExecutionEnvironment env, boolean here) throws Exception {
    if (!here) {
      env.execute();
      return 0;
    }
    try {
      List<Integer> ports = FlinkSettings.webPorts(env.getConfiguration());
      Optional<String> failure =
          follower.follow(env.executeAsync(), ports, spec.commandLine().getOut());
      failure.ifPresent(why -> spec.commandLine().getErr().println("train: " + why));
      return failure.isPresent() ? 1 : 0;
    } catch (ExecutionException e) {
      throw ExceptionUtils.findThrowable(e, JobExecutionException.class)
          .<Exception>map(failure -> failure)
          .orElse(e);
    }
  }

  /** A refusal that only a task could know of comes as the cause of its job's failure. */
  private static int refused(JobExecutionException failure, PrintWriter err)
      throws JobExecutionException {
    RefusedException refusal =
        ExceptionUtils.findSerializedThrowable(
                failure, RefusedException.class, TrainCommand.class.getClassLoader())
            .orElseThrow(() -> failure);
    err.println("train: refused: " + refusal.getMessage());
    return 2;
  }

  private void checkOptions() {
    if (bounded && (restore != null || resume)) {
      throw new ParameterException(
          spec.commandLine(),
          "--bounded and --%s exclude each other: a restored source keeps the end it had, or had not, when its state was taken"
              .formatted(resume ? "resume" : "restore"));
    }
    boolean isRecorded = recording.asked().isPresent();
    if (bounded && isRecorded) {
      throw new ParameterException(
          spec.commandLine(),
          "--bounded ends with the topics, --from-files and --from-topic go on with them: take"
              + " one");
    }
    if (fromExamples != null && isRecorded) {
      throw new ParameterException(
          spec.commandLine(),
          "--from-examples learns examples and ends, --from-files and --from-topic go on: take"
              + " one");
    }
    if (restore != null && fromSnapshot != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--restore starts from state, --from-snapshot from a published model: take one");
    }
    if (!reset.isEmpty() && restore == null && !resume) {
      throw new ParameterException(
          spec.commandLine(),
          "--reset starts parts of a state again: name the state with --restore, or take --resume");
    }
    if (restore != null && resume) {
      throw new ParameterException(
          spec.commandLine(),
          "--restore names what to start from, --resume looks for it: take one");
    }
  }

  private Reset reset(LearnerConfig learner, Configuration recovery, PrintWriter err) {
    String state =
        recovery
            .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
            .orElseThrow(
                () ->
                    new RefusedException(
                        "--reset starts parts of a state again, and --resume found no state"));
    Reset asked = Reset.of(state, reset, learner.features(), learner.model());
    err.println("train: starts again: " + String.join(", ", reset));
    return asked;
  }

  private Configuration recovery(LearnerConfig learner, PrintWriter err) throws IOException {
    Configuration flink = new Configuration();
    Optional<String> from =
        resume ? RetainedCheckpoints.newest(learner) : Optional.ofNullable(restore);
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    if (resume) { // Flink deletes it when it is no longer needed
      RetainedCheckpoints.deleteUnneeded(learner, Instant.now());
      flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    }
    if (resume) {
      err.println(
          "train: " + from.map(path -> "goes on from " + path).orElse("starts without a state"));
    }
    return flink;
  }
}
