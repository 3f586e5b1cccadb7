package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.config.option.ConfigException;
import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventOptionsTest {
  private static final String SECRET = "hunter2";
  private static final String SALES =
      "{actions: [{name: click}, {name: buy, topic: sales}], label: {click: 1}}";

  @Test
  void clicksAreOfTheFormatOfImpressionsUnlessTheyHaveTheirOwn() {
    EventSettings both = read("{format: avro, schemas: 'file:///s'}").events();
    EventSettings clicks = read("{click-format: avro, schemas: 'file:///s'}").events();

    assertThat(both.impressions()).isEqualTo(EventFormat.AVRO);
    assertThat(both.actions()).isEqualTo(EventFormat.AVRO);
    assertThat(clicks.impressions()).isEqualTo(EventFormat.JSON);
    assertThat(clicks.actions()).isEqualTo(EventFormat.AVRO);
  }

  @Test
  void avroWithoutAPlaceOfSchemasIsRefused() {
    assertRefused(
        "{format: avro}", "events.format: avro needs schemas", "events.schemas", "events.registry");
    assertRefused("{click-format: avro}", "events.click-format: avro needs schemas");
  }

  @Test
  void placesThatNobodyReadsAreDoubtful() {
    assertThat(read("{schemas: 'file:///s'}").warnings())
        .singleElement()
        .asString()
        .contains("events.schemas: not used, as no event topic needs a schema");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{format: avro, registry: 'http://me:hunter2@registry:8081'}",
        "{format: avro, registry: 'hunter2'}",
        "{format: avro, registry: 'http://registry?token=hunter2'}",
        "{format: avro, registry: 'http://registry', registry-auth: hunter2}",
        "{format: avro, registry: 'http://registry', registry-auth: \"me:hunter2\\n\"}",
        "{format: avro, registry: 'http://registry', registry-auth: 'env:hunter2'}",
        "{registry-auth: 'me:hunter2'}"
      })
  void whatIsWrongWithARegistryIsToldWithoutItsSecrets(String events) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(events))
        .withMessageContaining("events.registry")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
  }

  @Test
  void credentialsAreNeverShown() {
    String yaml =
        ConfigSamples.LEAST
            + "events: {format: avro, registry: 'http://registry', registry-auth: 'me:hunter2'}";
    EffectiveConfig config = EffectiveConfig.parse(yaml, "learner.yaml", List.of());

    assertThat(config.yaml()).contains("registry-auth: (hidden)").doesNotContain(SECRET);
    assertThat(config.json()).doesNotContain(SECRET);
    assertThat(config.config().toString()).doesNotContain(SECRET);
    assertThat(config.config().events().schemas().credentials()).isEqualTo("me:hunter2");
  }

  @Test
  void aLearnerOfAvroIsNotFedWithJson() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("{format: avro, schemas: 'file:///s'}").ofJson("the demo"))
        .withMessage("events.format: the demo writes JSON; expected json");
  }

  @Test
  void aMappingThatCannotBeIsRefused() {
    assertRefused("{impressions: {mapped: false, id: x}}", "events.impressions.mapped: false");
    assertRefused("{impressions: {id: 'items[].id'}}", "a path without []");
    assertRefused("{clicks: {id: 'a..b'}}", "expected a path such as");
    assertRefused("{clicks: {timestamp-unit: h}}", "events.clicks.timestamp-unit");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("{clicks: {id: x}}").ofJson("the demo"))
        .withMessageContaining("the demo writes events that need no mapping");
  }

  @Test
  void labelsInlineLeaveNothingToJoin() {
    LearnerConfig config = read("{impressions: {label: {field: did.click, at-least: 3}}}");

    assertThat(config.events().impressionMapping().isGiven()).isTrue();
    assertThat(config.join().definition().topics()).isEmpty();
    assertThat(config.join().window()).isZero();
    assertThat(config.join().breaker().enabled()).isFalse();
    assertThat(config.warnings()).isEmpty();
    assertThat(read("{click-format: json, impressions: {label: {field: c}}}").warnings())
        .singleElement()
        .asString()
        .contains("events.click-format: not used, as impressions say their labels");
  }

  @Test
  void optionsOfAJoinAreRefusedWhereLabelsAreInline() {
    String inline = "{impressions: {label: {field: c}}}\njoin: ";
    assertRefused(inline + "{window: 1 min}", "join.window: not used, as impressions say their");
    assertRefused(inline + "{policy: full-wait}", "join.policy: not used");
    assertRefused(inline + "{actions: [{name: buy}]}", "join.actions: not used");
    assertRefused(inline + "{breaker: {enabled: false}}", "join.breaker: not used");
    assertRefused(
        inline + "{negatives: {rate: 0.5, correction: log-odds}}",
        "join.negatives.correction: log-odds cannot be corrected",
        "events.impressions.label.at-least");
    assertRefused(
        "{impressions: {label: {at-least: 3}}}", "at-least: not used without label.field");
    assertRefused("{impressions: {id: none}}", "events.impressions.id: none, but clicks name");
    assertRefused("{impressions: {label: {field: 'c[]'}}}", "a path without []");
    assertRefused("{impressions: {label: {field: c, default: 2}}}", "a number from 0 to 1");
  }

  @Test
  void whatIsShownOfLabelsInlineIsReadAgain() {
    String yaml = ConfigSamples.LEAST + "events: {impressions: {label: {field: c, default: 0}}}";
    String shown = EffectiveConfig.parse(yaml, "learner.yaml", List.of()).yaml();

    assertThat(EffectiveConfig.parse(shown, "shown.yaml", List.of()).yaml()).isEqualTo(shown);
    assertThat(shown).contains("field: c").doesNotContain("breaker", "warm-up", "policy");
  }

  @Test
  void aTopicOfActionsMayBeOfItsOwnFormatAndShape() {
    String sales = "actions: [{topic: sales, format: avro, id: order}]";
    EventSettings events =
        read("{schemas: 'file:///s', clicks: {id: ad}, " + sales + "}\njoin: " + SALES).events();

    assertThat(events.ofActions("sales").actions()).isEqualTo(EventFormat.AVRO);
    assertThat(events.ofActions("sales").actionMapping().id().text()).isEqualTo("order");
    assertThat(events.ofActions("clicks")).isEqualTo(events);
    assertThat(events.actions()).isEqualTo(EventFormat.JSON);
    assertThat(events.ofJson().ofActions("sales").actions()).isEqualTo(EventFormat.JSON);
    assertThat(events.ofJson().ofActions("sales").actionMapping().id().text()).isEqualTo("order");
  }

  @Test
  void topicsOfActionsThatCannotBeAreRefused() {
    assertRefused("{actions: [{topic: sales, id: x}]}", "sales is no topic of actions", "clicks");
    assertRefused(
        "{actions: [{topic: clicks}, {topic: clicks}]}", "events.actions: duplicate topic clicks");
    assertRefused(
        "{actions: [{topic: clicks, format: avro}]}", "events.actions: avro needs schemas");
    assertRefused(
        "{protobuf: {descriptor: 'file:///d'}, actions: [{topic: clicks, format: protobuf}]}",
        "a descriptor needs the names of the messages");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("{actions: [{id: x}]}"))
        .withMessageStartingWith("events.actions[1].topic: missing")
        .satisfies(e -> assertThat(e.problems()).hasSize(1));
  }

  private static void assertRefused(String events, String... words) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(events))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static LearnerConfig read(String events) {
    return LearnerConfig.parse(
        ConfigSamples.LEAST + "events: " + events + "\n", "learner.yaml", List.of());
  }
}
