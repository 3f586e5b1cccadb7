package io.freshet.snapshot.announce;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.When;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class AnnouncementThreadTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path root;
  private SampleChain chain;
  private final Topic topic = new Topic();

  @BeforeEach
  void open() {
    chain = new SampleChain(root);
  }

  @Test
  void everyVersionIsAnnouncedOnceInOrder() throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    Version second = chain.publish(2, rows(2, 20));
    tell(second, chain.storage);
    Version third = chain.publish(3, rows(3, 30));
    tell(third, chain.storage);

    assertThat(topic.keys).containsExactly("tiny/" + first, "tiny/" + second, "tiny/" + third);
  }

  @Test
  void aRestartWithNothingNewTellsNothing() throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    tell(first, chain.storage);
    tell(first, chain.storage);

    assertThat(topic.keys).hasSize(1);
  }

  @Test
  void whatItSaysIsAsTheSchemaTells() throws Exception {
    chain.metric("recent_logloss", 0.75);
    chain.publish(1, rows(1, 10));
    chain.gate(new GateSettings(true, Double.NaN, 5, 0, 0.5, Double.NaN, Double.NaN, Double.NaN));
    tell(chain.publish(2, rows(2, 20)), chain.storage);

    var schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("schemas/announcement.schema.json")));
    JsonNode published = JSON.readTree(topic.values.get(0));
    JsonNode withheld = JSON.readTree(topic.values.get(1));
    assertThat(schema.validate(published)).isEmpty();
    assertThat(schema.validate(withheld)).isEmpty();
    assertThat(published.path("state").asText()).isEqualTo("published");
    assertThat(withheld.path("state").asText()).isEqualTo("withheld");
    assertThat(withheld.path("reasons").get(0).asText()).contains("above 0.5");
    assertThat(withheld.path("current")).isEqualTo(published.path("version"));
    assertThat(withheld.path("root").asText()).isEqualTo("file:///models");
  }

  @Test
  void whatWasNotToldWhileTheTopicWasAwayIsToldLater() throws Exception {
    topic.failures = 2;
    chain.publish(1, rows(1, 10));
    tell(chain.publish(2, rows(2, 20)), chain.storage);

    assertThat(topic.keys).hasSize(2);
    assertThat(topic.failures).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aDeathRepeatsTheLastAnnouncementAtMost(When when) throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    tell(first, chain.storage);
    Version second = chain.publish(2, rows(2, 20));
    FaultyStorage mortal = new FaultyStorage(chain.storage, 1, when);
    AnnouncementThread dying = thread(mortal);
    dying.published(second);
    while (!mortal.died()) {
      Thread.sleep(5);
    }
    dying.interrupt();
    dying.join();

    tell(second, chain.storage);

    assertThat(topic.keys).startsWith("tiny/" + first, "tiny/" + second);
    assertThat(topic.keys.subList(2, topic.keys.size()))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(("tiny/" + second)::equals);
    assertThat(chain.problems()).isEmpty();
  }

  private void tell(Version version, WritableStorage storage) throws Exception {
    AnnouncementThread thread = thread(storage);
    thread.published(version);
    while (!thread.isIdle()) {
      Thread.sleep(5);
    }
    thread.interrupt();
    thread.join();
  }

  private AnnouncementThread thread(WritableStorage storage) {
    AnnouncementThread thread =
        new AnnouncementThread(storage, "file:///models", () -> topic, () -> {});
    thread.start();
    return thread;
  }

  /** A topic in memory that may be away at first. */
  private static final class Topic implements AnnouncementSink {
    private final List<String> keys = Collections.synchronizedList(new ArrayList<>());
    private final List<byte[]> values = Collections.synchronizedList(new ArrayList<>());
    private volatile int failures;

    @Override
    public void send(String key, byte[] json) throws IOException {
      if (failures > 0) {
        failures = failures - 1;
        throw new IOException("the topic is away");
      }
      keys.add(key);
      values.add(json);
    }

    @Override
    public void close() {}
  }
}
