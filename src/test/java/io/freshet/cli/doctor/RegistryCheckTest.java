package io.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.SchemaLocations;
import io.freshet.event.registry.FakeRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistryCheckTest {
  @TempDir private Path folder;

  @Test
  void nothingIsLookedAtWhereTheEventsAreJson() throws Exception {
    assertThat(RegistryCheck.run(EventSettings.DEFAULT)).isEmpty();
  }

  @Test
  void aFolderWithoutSchemasIsAProblem() throws Exception {
    assertThat(check(folder.toString(), ""))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.PROBLEM);

    Files.writeString(folder.resolve("7.avsc"), "\"string\"");

    assertThat(check(folder.toString(), ""))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.OK);
  }

  @Test
  void aRegistryThatAnswersIsWellAndOneThatIsAwayIsAProblem() throws Exception {
    FakeRegistry registry = new FakeRegistry(0);
    try (registry) {
      assertThat(check("", registry.url()))
          .extracting(Finding::level)
          .containsExactly(Finding.Level.OK);
    }

    assertThat(check("", registry.url()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Finding.Level.PROBLEM);
              assertThat(finding.text()).contains(registry.url(), "does not answer");
            });
  }

  private static List<Finding> check(String folder, String registry) throws Exception {
    SchemaLocations places = new SchemaLocations(folder, registry, "", Duration.ofMinutes(5));
    return RegistryCheck.run(
        new EventSettings(
            1000,
            10,
            Duration.ofHours(1),
            EventFormat.AVRO,
            EventFormat.AVRO,
            places,
            EventSettings.DEFAULT.protobuf(),
            EventSettings.DEFAULT.impressionMapping(),
            EventSettings.DEFAULT.actionMapping(),
            Map.of(),
            List.of(),
            ""));
  }
}
