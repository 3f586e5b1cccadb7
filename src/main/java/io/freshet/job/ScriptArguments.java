package io.freshet.job;

import java.util.Arrays;

/**
 * The job's own arguments of those that Flink's scripts hand to it. {@code standalone-job.sh} of
 * some versions puts the job manager's memory as it worked it out behind everything else, as {@code
 * -D jobmanager.memory.heap.size=469762048b}: the process has that size by then, and the job is not
 * meant.
 */
final class ScriptArguments {
  private static final String MEMORY = "jobmanager.memory.";

  private ScriptArguments() {}

  /** Arguments without the pairs at their end that tell the job manager's memory. */
  static String[] own(String[] arguments) {
    int end = arguments.length;
    while (end >= 2 && arguments[end - 2].equals("-D") && arguments[end - 1].startsWith(MEMORY)) {
      end -= 2;
    }
    return Arrays.copyOf(arguments, end);
  }
}
