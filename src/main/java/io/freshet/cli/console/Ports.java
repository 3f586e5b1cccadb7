package io.freshet.cli.console;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Checks a port that a command was given. */
public final class Ports {
  private static final int LAST = 65_535;

  private Ports() {}

  /** Refuses an invalid port and names the option; an absent port is fine. */
  public static void check(CommandLine command, String option, Integer port) {
    if (port != null && (port < 0 || port > LAST)) {
      throw new ParameterException(command, option + " " + port + " is not in 0.." + LAST);
    }
  }
}
