package io.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a query says of a model that is declared wrongly, when it is planned. */
final class FreshetModelFactoryTest {
  private static final String INPUT = "`user` STRING";
  private static final String OUTPUT = "probability DOUBLE";
  private static final String ROOT = "'root' = '/snapshots'";

  private final TableEnvironment sql =
      TableEnvironment.create(EnvironmentSettings.inStreamingMode());

  @Test
  void everyOptionAndColumnTogether() {
    String plan =
        explain(
            INPUT,
            "ctr FLOAT, version STRING, error STRING",
            "'root' = 's3://bucket/snapshots', 'name' = 'ctr', 'columns' = 'lenient',"
                + " 'poll-interval' = '1 s', 'load-timeout' = '10 min', 'store' = 'rocksdb',"
                + " 'store-dir' = '/rows', 'store-memory' = '64 mb'");

    assertThat(plan).contains("MODEL default_catalog.default_database.m");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'rot' = '/snapshots'|Missing required options are:\\n\\nroot",
        "'root' = '/snapshots', 'nmae' = 'ctr'|Unsupported options:\\n\\nnmae",
        "'root' = 'snapshots'|The option 'root' is 'snapshots'; expected a URI with a scheme",
        "'root' = '/r', 'poll-interval' = '0 s'|The option 'poll-interval' is 'PT0S'; expected 1 ms"
            + " or more.",
        "'root' = '/r', 'load-timeout' = '-1 s'|Could not parse value '-1 s' for key"
            + " 'load-timeout'",
        "'root' = '/r', 'columns' = 'any'|Expected one of: [[STRICT, LENIENT]]",
        "'root' = '/r', 'store' = 'rocksdb'|The option 'store-dir' is missing; expected an absolute"
            + " path",
        "'root' = '/r', 'store-dir' = '/s'|The option 'store-dir' is '/s'; expected no folder, as"
            + " 'store' is 'memory'.",
        "'root' = '/r', 'store-memory' = '1 mb'|The option 'store-memory' is '1 mb'; expected 16 mb"
            + " or more.",
      })
  void aWrongOptionIsNamed(String options, String message) {
    assertRefused(INPUT, OUTPUT, options, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "BYTES",
        "MAP<STRING, DOUBLE>",
        "ROW<id STRING>",
        "ARRAY<ARRAY<STRING>>",
      })
  void aColumnThatIsNoFeatureIsNamed(String type) {
    assertRefused("`user` STRING, x " + type, OUTPUT, ROOT, "The column `x` ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "version STRING|OUTPUT has 0 columns for the probability; expected one of type DOUBLE or"
            + " FLOAT.",
        "a DOUBLE, b FLOAT|OUTPUT has 2 columns for the probability",
        "a DOUBLE, b DOUBLE|OUTPUT has 2 columns for the probability",
        "p DOUBLE, version BIGINT|The column `version` BIGINT of OUTPUT is unknown; expected one"
            + " DOUBLE or FLOAT",
        "p DOUBLE, note STRING|The column `note` STRING of OUTPUT is unknown",
        "p DOUBLE NOT NULL, error STRING|The column `p` DOUBLE NOT NULL of OUTPUT is NOT NULL;"
            + " expected that it may be null",
      })
  void aWrongOutputIsNamed(String output, String message) {
    assertRefused(INPUT, output, ROOT, message);
  }

  /** Once this fails, the page and the integration test need no names of their own any more. */
  @Test
  void flinkTakesTwoModelsForOneWhereTheirOutputIsTheSame() {
    String plan = explainBoth("probability DOUBLE");
    String named = explainBoth("other DOUBLE");

    assertThat(plan).contains("default_database.m)").doesNotContain("default_database.n)");
    assertThat(named).contains("default_database.m)").contains("default_database.n)");
  }

  private String explainBoth(String outputOfSecond) {
    TableEnvironment own = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    own.executeSql("CREATE TABLE t (`user` STRING) WITH ('connector' = 'datagen')");
    own.executeSql(createModel("m", INPUT, OUTPUT, "'root' = '/m'"));
    own.executeSql(createModel("n", INPUT, outputOfSecond, "'root' = '/n'"));
    String plan =
        own.explainSql(
            """
            SELECT * FROM ML_PREDICT(TABLE t, MODEL m, DESCRIPTOR(`user`)) UNION ALL
            SELECT * FROM ML_PREDICT(TABLE t, MODEL n, DESCRIPTOR(`user`))
            """);
    return plan.substring(plan.indexOf("== Optimized Physical Plan =="));
  }

  @Test
  void theExampleOfThePageIsPlanned() throws IOException {
    String page = page();
    String[] statements = page.split("```sql\n")[1].split("```")[0].split(";\n");
    sql.executeSql(
        """
        CREATE TABLE candidates (impression_id STRING, `user` STRING, item STRING, price DOUBLE,
          genres ARRAY<STRING>) WITH ('connector' = 'datagen')
        """);
    sql.executeSql(statements[0]);

    assertThat(sql.explainSql(statements[1]))
        .contains("MODEL default_catalog.default_database.ctr");
  }

  @Test
  void everyOptionIsOnThePage() throws IOException {
    FreshetModelFactory factory = new FreshetModelFactory();
    List<ConfigOption<?>> options = new ArrayList<>(factory.requiredOptions());
    options.addAll(factory.optionalOptions());
    String page = page();

    assertThat(options)
        .allSatisfy(option -> assertThat(page).contains("\n| `" + option.key() + "` | "));
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("src/docs/sql.md"));
  }

  private static String createModel(String name, String input, String output, String options) {
    return "CREATE MODEL %s INPUT (%s) OUTPUT (%s) WITH ('provider' = 'freshet', %s)"
        .formatted(name, input, output, options);
  }

  private void assertRefused(String input, String output, String options, String message) {
    assertThatThrownBy(() -> explain(input, output, options))
        .satisfies(
            failure ->
                assertThat(ExceptionUtils.stringifyException(failure))
                    .contains(message.translateEscapes()));
  }

  private String explain(String input, String output, String options) {
    sql.executeSql("CREATE TABLE t (%s) WITH ('connector' = 'datagen')".formatted(input));
    sql.executeSql(createModel("m", input, output, options));
    return sql.explainSql(
        "SELECT * FROM ML_PREDICT(TABLE t, MODEL m, DESCRIPTOR(%s))"
            .formatted(input.contains(" x ") ? "`user`, x" : "`user`"));
  }
}
