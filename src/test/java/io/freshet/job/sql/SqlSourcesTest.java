package io.freshet.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of scripts that cannot be learned from. */
final class SqlSourcesTest {
  private static final String SHOWN =
      """
      CREATE TABLE shown (
        impression_id STRING, `user` STRING, price DOUBLE, photo BYTES, tags ARRAY<STRING>,
        features ROW<device STRING>, at_ms BIGINT, ts TIMESTAMP_LTZ(3),
        WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
      ) WITH ('connector' = 'datagen'); -- a semicolon; in a comment
      """;
  private static final String CLICKS =
      "CREATE VIEW clicks AS SELECT impression_id, ts FROM shown WHERE `user` <> ';';\n";

  @TempDir private Path folder;

  @Test
  void whatDeclaresAllTablesIsRight() throws Exception {
    SqlSources.check(
        config(
            SHOWN + CLICKS + "CREATE VIEW impressions AS SELECT * FROM shown",
            "{name: price, kind: numeric}, {name: tags, kind: multi}, {name: device, kind:"
                + " categorical}"));
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    LearnerConfig config = learner("none.sql");

    assertThatThrownBy(() -> SqlSources.check(config))
        .isInstanceOf(ConfigException.class)
        .hasMessage("none.sql: no such file");
  }

  @Test
  void anErrorOfSyntaxNamesItsLine() {
    assertProblem(SHOWN + "CREATE VIEW clicks AS\nSELECT impression_id ts shown", "")
        .contains("statement at line 6: ", "line 7");
  }

  @Test
  void aColumnThatIsNotThereNamesItsLine() {
    assertProblem(SHOWN + "\nCREATE VIEW clicks AS SELECT nope FROM shown;", "")
        .contains("statement at line 7: ", "line 7, column 30", "nope");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO shown SELECT * FROM shown | INSERT is not allowed; expected statements that"
            + " declare",
        "SET 'parallelism.default' = '3' | expected SET 'table.…' = '…'",
        "CREATE TABLE x (a INT) WITH ('connector' = 'nope'); CREATE VIEW impressions AS SELECT *"
            + " FROM x | Could not find any factory for",
      })
  void whatIsNotTheScriptsIsRefused(String statement, String problem) {
    assertProblem(SHOWN + statement, "").contains(problem);
  }

  @Test
  void aTableThatIsMissingIsNamedWithThoseThatAreThere() {
    assertProblem(SHOWN, "")
        .endsWith(
            "declares no table or view impressions, where no label is given by"
                + " events.impressions.label; it declares shown");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: photo, kind: categorical | photo is BYTES; expected a text, number, boolean or time",
        "name: tags, kind: numeric | tags is ARRAY<STRING>; expected a text, number, boolean or"
            + " time",
        "name: gone, kind: numeric | no column gone; its columns are impression_id, user, price,"
            + " photo",
        "name: d, kind: numeric, from: features.gone | no column features.gone; its columns are",
        "name: tags, kind: vector, size: 2 | tags is ARRAY<STRING>; expected an ARRAY of numbers",
        "name: tags, kind: multi, weights: photo | photo is BYTES; expected an ARRAY of numbers",
        "name: d, kind: multi, from: features | features is ROW<`device` STRING>; expected an"
            + " ARRAY",
      })
  void aColumnOfAnotherTypeIsNamed(String field, String problem) {
    assertProblem(
            SHOWN + CLICKS + "CREATE VIEW impressions AS SELECT * FROM shown", "{" + field + "}")
        .contains("impressions", problem);
  }

  @Test
  void whatTheJobFillsNeedsNoColumn() throws Exception {
    SqlSources.check(
        config(
            SHOWN + CLICKS + "CREATE VIEW impressions AS SELECT * FROM shown",
            "{name: recent, kind: sequence, of: user, history: {}}"));
  }

  @Test
  void aTableWithoutEventTimeIsRefused() {
    assertProblem(
            SHOWN + CLICKS + "CREATE VIEW impressions AS SELECT impression_id, `user` FROM shown",
            "")
        .contains("impressions has no event time: no column of it has a watermark; expected");
  }

  @Test
  void aTableThatChangesItsRowsIsRefusedByName() {
    assertProblem(
            SHOWN
                + CLICKS
                + "CREATE VIEW impressions AS SELECT MAX(impression_id) AS impression_id, `user`,"
                + " MAX(at_ms) AS `timestamp` FROM shown GROUP BY `user`",
            "")
        .contains("impressions changes rows that it had before", "expected a table or view that");
  }

  private AbstractStringAssert<?> assertProblem(String script, String field) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> SqlSources.check(config(script, field)));
    assertThat(refused).isNotNull();
    assertThat(refused.problems())
        .singleElement()
        .asString()
        .startsWith("events.sql: " + folder.resolve("events.sql") + ": ");
    return assertThat(refused.problems().get(0));
  }

  private LearnerConfig config(String script, String fields) throws IOException {
    return learner(
        Files.writeString(folder.resolve("events.sql"), script).toString(),
        "features=[{name: user, kind: categorical}%s]"
            .formatted(fields.isEmpty() ? "" : ", " + fields));
  }

  private static LearnerConfig learner(String place, String... overrides) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        events: {sql: "%s"}
        features: [{name: user, kind: categorical}]
        """
            .formatted(place),
        "learner.yaml",
        List.of(overrides));
  }
}
