package io.freshet.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.kafka.TopicState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;

final class TopicDesignTest {
  private static final String LEAST =
      "{kafka: {bootstrap-servers: 'k:1'}, features: [{name: user, kind: categorical}]}";

  @Test
  void topicsOfEventsComeFirstAndExamplesWhereTheyAreAskedFor() {
    assertThat(designs())
        .extracting(TopicDesign::name)
        .containsExactly(
            "impressions", "clicks", "dead-letters", "late-clicks", "metrics", "snapshots");
    assertThat(designs("examples.to=topic"))
        .extracting(TopicDesign::name)
        .endsWith("snapshots", "examples");
    assertThat(designs("join.actions=[{name: buy, topic: sales}, {name: like, topic: acts}]"))
        .extracting(TopicDesign::name)
        .startsWith("impressions", "sales", "acts", "dead-letters");
  }

  @Test
  void labelsInlineNeedNoTopicsOfClicks() {
    assertThat(designs("events.impressions={label: {field: clicked}}"))
        .extracting(TopicDesign::name)
        .containsExactly("impressions", "dead-letters", "metrics", "snapshots");
  }

  @Test
  void largeEventsFitInTheirTopic() {
    assertThat(designs("events.max-bytes=4 MB").get(0).settings())
        .containsEntry("max.message.bytes", Integer.toString((4 << 20) + 4096));
  }

  @Test
  void retentionIsToOutliveTheWindowAndADay() {
    TopicDesign impressions = designs("join.window=2 d").get(0);

    assertThat(impressions.faults(state(Map.of("retention.ms", "172800000")), 1))
        .singleElement()
        .asString()
        .contains("set it to 259200000 or more");
    assertThat(impressions.faults(state(Map.of("retention.ms", "-1")), 1)).isEmpty();
  }

  @Test
  void brokerJudgesTimestampsByItsOwnClock() {
    TopicDesign impressions = designs("events.max-ahead=5 min").get(0);
    String key = "message.timestamp.after.max.ms";

    assertThat(impressions.settings()).containsEntry(key, "300000");
    assertThat(impressions.faults(state(Map.of(key, "3600000")), 1))
        .singleElement()
        .asString()
        .contains("set it to 300000 or less");
    assertThat(impressions.faults(state(Map.of(key, "300000")), 1)).isEmpty();
  }

  @Test
  void topicsOfResultsTakeRecordsOfTheUsualSize() {
    TopicDesign deadLetters = designs().get(2);

    assertThat(deadLetters.faults(state(Map.of("max.message.bytes", "10000")), 1))
        .singleElement()
        .asString()
        .contains("max.message.bytes is 10000", "set it to 1048588 or more");
    assertThat(deadLetters.faults(state(Map.of("max.message.bytes", "1048588")), 1)).isEmpty();
  }

  @Test
  void settingsThatMayNotBeReadAreNotJudged() {
    assertThat(designs()).allSatisfy(d -> assertThat(d.faults(state(Map.of()), 2)).isEmpty());
  }

  @Test
  void onlyWhatTheBrokerSaysIsTakenForForbidden() {
    assertThat(allowed().forbids(AclOperation.READ)).isFalse();
    assertThat(allowed(AclOperation.DESCRIBE).forbids(AclOperation.READ)).isTrue();
    assertThat(allowed(AclOperation.READ).forbids(AclOperation.READ)).isFalse();
    assertThat(allowed(AclOperation.ALL).forbids(AclOperation.WRITE)).isFalse();
  }

  @Test
  void eventsOfTablesHaveNoTopics() {
    assertThat(designs("events.sql=events.sql"))
        .extracting(TopicDesign::use)
        .containsOnly(TopicDesign.Use.WRITTEN);
  }

  private static List<TopicDesign> designs(String... overrides) {
    LearnerConfig config = LearnerConfig.parse(LEAST, "learner.yaml", List.of(overrides));
    return TopicDesign.of(config, 2, Duration.ofDays(7));
  }

  private static TopicState state(Map<String, String> settings) {
    return new TopicState("t", 2, 1, settings, Set.of());
  }

  private static TopicState allowed(AclOperation... operations) {
    return new TopicState("t", 2, 1, Map.of(), Set.of(operations));
  }
}
