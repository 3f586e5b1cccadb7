package io.freshet.job;

import io.freshet.job.backfill.Backfill;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What a user says of a recording that is to be learned before the topics. */
final class BackfillOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--from-files",
      paramLabel = "DIR",
      description =
          "Learn recorded impressions and actions (files that begin with their topic's name), or"
              + " labeled examples that a job wrote, before the topics. With --resume, it goes on"
              + " where it was.")
  private String fromFiles;

  @Option(
      names = "--from-topic",
      paramLabel = "FROM..TO",
      description =
          "The same with what the topics hold of a time, as"
              + " 2026-01-30T00:00:00Z..2026-01-31T00:00:00Z.")
  private String fromTopic;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often --from-files or --from-topic is learned (default: 1).")
  private Integer epochs;

  @Option(
      names = "--live-from",
      paramLabel = "TIME",
      description =
          "Learn impressions shown after this time from the topics, those of before from"
              + " --from-files or --from-topic (default: where these end).")
  private Instant liveFrom;

  /**
   * The recording; none where nobody asks for one.
   *
   * @throws ParameterException where the options cannot be meant
   */
  Optional<Backfill> asked() {
    if (fromFiles == null && fromTopic == null) {
      if (epochs != null || liveFrom != null) {
        throw wrong(
            "--%s needs --from-files or --from-topic"
                .formatted(epochs == null ? "live-from" : "epochs"));
      }
      return Optional.empty();
    }
    if (fromFiles != null && fromTopic != null) {
      throw wrong("--from-files and --from-topic exclude each other");
    }
    try {
      return Optional.of(
          new Backfill(
              fromFiles == null ? fromTopic : fromFiles,
              fromFiles == null,
              epochs == null ? 1 : epochs,
              Optional.ofNullable(liveFrom)));
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
