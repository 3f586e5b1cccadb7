package io.freshet.cli.status;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.util.ExceptionUtils;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/**
 * Reports failed checkpoints by their root cause, instead of Flink's log line, which names only the
 * last link of the chain. A checkpoint that is declined because the tasks close belongs to the end
 * of a run, and is no failure. Failures of tasks are left to {@link RestartWatch}.
 */
final class FlinkNotices extends AbstractFilter implements AutoCloseable {
  private static final String CHECKPOINTS =
      "org.apache.flink.runtime.checkpoint.CheckpointFailureManager";
  private static final String TASKS = "org.apache.flink.runtime.taskmanager.Task";
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint (\\d+)");

  private final RunConsole console;

  private FlinkNotices(RunConsole console) {
    this.console = console;
  }

  /** Takes them from the log until it is closed; logs other than Log4j's keep theirs. */
  static FlinkNotices to(RunConsole console) {
    FlinkNotices notices = new FlinkNotices(console);
    for (Logger logger : loggers()) {
      logger.get().addFilter(notices);
    }
    return notices;
  }

  private static List<Logger> loggers() {
    return Stream.of(CHECKPOINTS, TASKS)
        .map(LogManager::getLogger)
        .filter(Logger.class::isInstance)
        .map(Logger.class::cast)
        .toList();
  }

  @Override
  public Result filter(LogEvent event) {
    boolean isTask = event.getLoggerName().equals(TASKS);
    if (event.getThrown() == null || !isTask && !event.getLoggerName().equals(CHECKPOINTS)) {
      return Result.NEUTRAL;
    }
    if (!isTask && !isEnd(event.getThrown())) {
      console.line(text(event.getMessage().getFormattedMessage(), event.getThrown()));
    }
    return Result.DENY;
  }

  private static boolean isEnd(Throwable failure) {
    return ExceptionUtils.findThrowableWithMessage(failure, "for unknown task").isPresent()
        || ExceptionUtils.findThrowable(failure, CheckpointException.class)
            .map(CheckpointException::getCheckpointFailureReason)
            .filter(CheckpointFailureReason.CHECKPOINT_DECLINED_TASK_CLOSING::equals)
            .isPresent();
  }

  static String text(String message, Throwable failure) {
    Matcher number = CHECKPOINT.matcher(message);
    String which = number.find() ? "checkpoint " + number.group(1) : "a checkpoint";
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return which + " failed and is tried again: " + Restarts.rootOf(root.toString());
  }

  @Override
  public void close() {
    for (Logger logger : loggers()) {
      logger.get().removeFilter(this);
    }
  }
}
