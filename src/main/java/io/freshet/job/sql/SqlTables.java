package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;
import static org.apache.flink.table.api.Expressions.$;

import io.freshet.config.option.ConfigException;
import io.freshet.job.sql.SqlScript.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.WithBoundedness;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.types.Row;

/** The tables and views that a script declares, as streams of the job. */
final class SqlTables {
  private static final Set<String> DECLARING =
      Set.of("CREATE", "DROP", "ALTER", "USE", "SET", "RESET", "LOAD", "UNLOAD", "ADD", "REMOVE");
  private static final Pattern SET =
      Pattern.compile("(?is)\\s*SET\\s+'(table\\.[^']+)'\\s*=\\s*'([^']*)'\\s*");
  private static final Pattern PLACE = Pattern.compile("line \\d+, column \\d+");
  private static final int MOST_SHOWN = 500;

  private final StreamTableEnvironment tables;
  private final String script;
  private boolean areBounded = true;

  /**
   * Runs a script.
   *
   * @param idleness after how long a source without rows holds nothing back
   * @throws ConfigException where it cannot be read or a statement is refused
   */
  SqlTables(StreamExecutionEnvironment env, String place, Duration idleness) {
    script = requireNonNull(place, "place");
    tables = StreamTableEnvironment.create(env);
    tables.getConfig().set(ExecutionConfigOptions.TABLE_EXEC_SOURCE_IDLE_TIMEOUT, idleness);
    for (Statement statement : SqlScript.read(place).statements()) {
      try {
        run(statement);
      } catch (RuntimeException e) {
        throw refused("statement at line %s: %s".formatted(statement.line(), text(e)));
      }
    }
  }

  private void run(Statement statement) {
    if (!DECLARING.contains(statement.keyword())) {
      throw new IllegalArgumentException(
          "%s is not allowed; expected statements that declare tables and views, and SET"
              .formatted(statement.keyword()));
    }
    if (!statement.keyword().equals("SET")) {
      tables.executeSql(statement.text());
      return;
    }
    Matcher set = SET.matcher(statement.text());
    if (!set.matches()) {
      throw new IllegalArgumentException(
          "expected SET 'table.…' = '…', an option of Flink's tables; others are the learner's");
    }
    tables.getConfig().set(set.group(1), set.group(2));
  }

  /**
   * The columns of a table.
   *
   * @param why it is needed, completes "declares no table …"
   * @throws ConfigException where there is no such table
   */
  EventColumns columns(String name, String why) {
    List<String> names = List.of(tables.listTables());
    if (!names.contains(name)) {
      throw refused(
          "declares no table or view %s, %s; it declares %s"
              .formatted(name, why, names.isEmpty() ? "none" : String.join(", ", names)));
    }
    return new EventColumns(name, table(name).getResolvedSchema());
  }

  /**
   * Some columns of a table as a stream.
   *
   * @throws ConfigException where the columns are not those, or rows are not only added
   */
  DataStream<Row> rows(String name, EventColumns columns) {
    if (!columns.problems().isEmpty()) {
      throw refused(columns.problems());
    }
    try {
      DataStream<Row> rows = tables.toDataStream(table(name).select(selected(columns)));
      identify(name, rows);
      areBounded &= isBounded(rows);
      return rows;
    } catch (RuntimeException e) {
      String problem = text(e);
      throw refused(
          problem.contains("consuming update")
              ? "%s changes rows that it had before, which cannot be learned; expected a table or view that only adds rows, without aggregations, outer joins or a changelog: %s"
                  .formatted(name, problem)
              : name + ": " + problem);
    }
  }

  /** Whether all tables that became streams have an end. */
  boolean areBounded() {
    return areBounded;
  }

  private Table table(String name) {
    return tables.from("`" + name.replace("`", "``") + "`");
  }

  /** An event time as a plain column, so that one that is null becomes a dead letter. */
  private static Expression[] selected(EventColumns columns) {
    return columns.columns().stream()
        .map(
            name ->
                columns
                    .timeType(name)
                    .<Expression>map(type -> $(name).cast(type).as(name))
                    .orElseGet(() -> $(name)))
        .toArray(Expression[]::new);
  }

  /**
   * Names the operators of a table for its state: by their order and what they are. Without that
   * names would depend on the rest of the job.
   */
  private static void identify(String name, DataStream<Row> rows) {
    List<Transformation<?>> all = rows.getTransformation().getTransitivePredecessors();
    for (int i = 0; i < all.size(); i++) {
      String what = all.get(i).getName().replaceAll("[\\[$]\\d+]?", "");
      all.get(i).setUid("sql-%s-%s-%s".formatted(name, i, what));
    }
  }

  private static boolean isBounded(DataStream<Row> rows) {
    return rows.getTransformation().getTransitivePredecessors().stream()
        .noneMatch(
            t ->
                t instanceof WithBoundedness source
                    && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED);
  }

  private ConfigException refused(String problem) {
    return refused(List.of(problem));
  }

  private ConfigException refused(List<String> problems) {
    return new ConfigException(
        problems.stream().map(p -> "events.sql: %s: %s".formatted(script, p)).toList());
  }

  /** The innermost cause that names a place in the script, or else the innermost; in one line. */
  private static String text(RuntimeException e) {
    String found = e.getMessage();
    boolean hasPlace = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      boolean namesPlace = PLACE.matcher(message).find();
      if (namesPlace || !hasPlace) {
        found = message;
        hasPlace = namesPlace;
      }
    }
    String text = found.replaceAll("\\s+", " ");
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
  }
}
