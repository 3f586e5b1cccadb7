package io.freshet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * What is logged, from INFO on, while it is open: {@code WARN the message}. It goes nowhere else.
 */
public final class LogLines implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final List<String> loggers;

  private LogLines(List<String> loggers) {
    this.loggers = loggers;
    Appender appender = new Appender();
    appender.start();
    for (String logger : loggers) {
      LoggerConfig config = new LoggerConfig(logger, Level.INFO, false);
      config.addAppender(appender, Level.INFO, null);
      context.getConfiguration().addLogger(logger, config);
    }
    context.updateLoggers();
  }

  /** Of one class. */
  public static LogLines of(Class<?> logger) {
    return new LogLines(List.of(logger.getName()));
  }

  /** Of Freshet, of Flink and of Kafka's clients. */
  public static LogLines ofAll() {
    return new LogLines(
        List.of(
            "io.freshet",
            "org.apache.flink",
            "org.apache.kafka.clients",
            "org.apache.kafka.common"));
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    loggers.forEach(context.getConfiguration()::removeLogger);
    context.updateLoggers();
  }

  private final class Appender extends AbstractAppender {
    Appender() {
      super("log-lines", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }
}
