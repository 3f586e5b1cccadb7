package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Well-formed configurations with wrong contents: each is accepted, and then shown so that it is
 * read again as the same, or refused with problems of one line that name their places.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConfigMutationTest {
  private static final int DRAWS = 500;
  private static final Pattern IN_THE_FILE =
      Pattern.compile("(?s).* \\(learner\\.yaml:\\d+:\\d+\\)");
  private static final Pattern IN_AN_OPTION = Pattern.compile("(?s).* \\(--set .*\\)");

  private static final List<String> FORMS =
      Stream.concat(LearnerSchemaTest.GOOD.stream(), Stream.of(shipped())).toList();

  private static String shipped() {
    try {
      return Files.readString(Path.of("docker/learner.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {20270101, 20270102})
  void isAcceptedOrRefusedWithItsPlaces(long seed) {
    TreeMutation mutation = new TreeMutation(FORMS, new Random(seed));
    int accepted = 0;
    for (int i = 0; i < DRAWS; i++) {
      String yaml = mutation.next();
      accepted += isAccepted(yaml, List.of(), IN_THE_FILE, seed, i) ? 1 : 0;
    }
    assertThat(accepted).as("seed %d", seed).isBetween(DRAWS / 20, DRAWS / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {20270201, 20270202})
  void anOptionOfTheCommandLineIsToo(long seed) {
    TreeMutation mutation = new TreeMutation(FORMS, new Random(seed));
    int accepted = 0;
    for (int i = 0; i < DRAWS; i++) {
      List<String> options = List.of(mutation.option());
      accepted += isAccepted(ConfigSamples.LEAST, options, IN_AN_OPTION, seed, i) ? 1 : 0;
    }
    assertThat(accepted).as("seed %d", seed).isBetween(DRAWS / 100, DRAWS / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {20270301})
  void theConfigurationOfAFitIsToo(long seed) {
    TreeMutation mutation = new TreeMutation(FORMS, new Random(seed));
    for (int i = 0; i < DRAWS; i++) {
      String yaml = mutation.next();
      try {
        FitConfig.parse(yaml, "learner.yaml", List.of());
      } catch (ConfigException e) {
        check(e, IN_THE_FILE, seed, i);
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed %s, draw %s: %s".formatted(seed, i, yaml), e);
      }
    }
  }

  private static boolean isAccepted(
      String yaml, List<String> options, Pattern place, long seed, int draw) {
    try {
      EffectiveConfig read = EffectiveConfig.parse(yaml, "learner.yaml", options);
      if (!read.yaml().contains(Section.HIDDEN)) {
        assertThat(EffectiveConfig.parse(read.yaml(), "shown.yaml", List.of()).keys())
            .as("seed %d, draw %d", seed, draw)
            .isEqualTo(read.keys());
      }
      return true;
    } catch (ConfigException e) {
      check(e, place, seed, draw);
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail("seed %s, draw %s: %s %s".formatted(seed, draw, options, yaml), e);
    }
  }

  private static void check(ConfigException refused, Pattern place, long seed, int draw) {
    assertThat(refused.problems())
        .as("seed %d, draw %d", seed, draw)
        .isNotEmpty()
        .allSatisfy(
            problem ->
                assertThat(problem)
                    .matches(place)
                    .doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}]")
                    .doesNotContain("Exception", "java.", "Optional[")
                    .hasSizeLessThan(2000));
  }
}
