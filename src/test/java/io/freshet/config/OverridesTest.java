package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.optimizer.Sgd;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OverridesTest {

  @Test
  void optionWinsOverTheFileAndALaterOptionOverAnEarlier() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.FULL, "train.batch-size=32", "parallelism=1", "parallelism=4");

    assertThat(config.train().batchSize()).isEqualTo(32);
    assertThat(config.parallelism()).isEqualTo(4);
  }

  @Test
  void sectionThatTheFileLacksOrLeavesEmptyIsMade() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, "join.window=5 s").join().window())
        .hasSeconds(5);
    assertThat(
            ConfigSamples.parse(ConfigSamples.LEAST + "join:\n", "join.window=5 s").join().window())
        .hasSeconds(5);
  }

  @Test
  void valuesAreYaml() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.LEAST,
            "model.hidden-layers=[64, 32]",
            "train.dense={optimizer: {kind: sgd, learning-rate: 0.5}}",
            "features=[{name: user, kind: categorical}, {name: tags, kind: multi}]");

    assertThat(config.model().hiddenLayers()).containsExactly(64, 32);
    assertThat(config.train().learning().dense()).isEqualTo(new Sgd(0.5f));
    assertThat(config.features().size()).isEqualTo(2);
  }

  @Test
  void kafkaPropertiesKeepTheirDotsAndAreTakenAsTheyStand() {
    LearnerConfig config =
        ConfigSamples.parse(ConfigSamples.FULL, "kafka.properties.ssl.key.password=[#: a=b");

    assertThat(config.kafka().properties())
        .containsEntry("ssl.key.password", "[#: a=b")
        .containsEntry("security.protocol", "SSL");
  }

  @Test
  void forgottenEqualsSignGivesNoSecretAway() {
    assertThat(
            BrokenConfigTest.problems(
                ConfigSamples.LEAST, "kafka.properties.ssl.key.password hunter2=="))
        .containsExactly(
            "kafka.properties.ssl.key.password: not of the form key=value (--set"
                + " kafka.properties.ssl.key.password)");
  }

  @Test
  void problemsNameTheOption() {
    List<String> problems =
        BrokenConfigTest.problems(
            ConfigSamples.LEAST + "parallelism: 0\n",
            "train.batch-size=0",
            "join.windw=1 s",
            "train.dense={step-size: 0}",
            "name.first=x",
            "features.user=multi",
            "model.l2",
            "model.seed=",
            "train.cache-rows=[1");

    assertThat(problems)
        .containsExactly(
            "parallelism: 0 is not allowed; expected a whole number from 1 to 32768"
                + " (learner.yaml:3:14)",
            "features.user: features is a list; set it as a whole (--set features.user)",
            "model.l2: not of the form key=value (--set model.l2)",
            "not YAML: expected ',' or ']', but got <stream end> (--set train.cache-rows)",
            "name: a mapping is not allowed; expected a name of 1 to 249 letters, digits, '.', '_'"
                + " and '-' (--set name.first)",
            "model.seed: no value; expected a whole number of at most 18 digits (--set model.seed)",
            "train.batch-size: 0 is not allowed; expected a whole number from 1 to 65536 (--set"
                + " train.batch-size)",
            "train.dense.step-size: 0 is not allowed; expected a whole number from 1 to 1000000"
                + " (--set train.dense)",
            "join.windw: unknown key; did you mean window? (--set join.windw)");
  }
}
