package io.freshet.cli.snapshot;

import picocli.CommandLine.Option;

/** Why a person moves the pointer. */
final class ReasonOption {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it is written beside the pointer.")
  private String text;

  String text() {
    return text;
  }
}
