package io.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.ValueHash;
import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import io.freshet.snapshot.publish.SampleChain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request without the sequence is answered as one that has what the user did last. */
final class HistoryRequestTest {
  private static final Duration EXPIRE_AFTER = Duration.ofDays(1);
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new CategoricalField("item", 2),
              new SequenceField("recent", 3, "item", 2, Pooling.MEAN)
                  .withHistory(
                      new History("user", "item", List.of("click"), EXPIRE_AFTER.toMillis()))),
          "user");
  private static final ModelSettings SETTINGS = ModelSettings.deepFm(2, List.of(3), 0, 42);

  @TempDir private Path root;
  private ServedSample server;

  /** Of u1 a and b, c before them, which is one too many; of u2 only d counts still. */
  @BeforeEach
  void start() throws Exception {
    float[] dense = new float[DenseShape.of(SCHEMA, SETTINGS).size()];
    new SampleChain(root, SCHEMA, SETTINGS)
        .publishHistories(
            1,
            dense,
            List.of(
                List.of(history("u1", List.of(3, 2, 1), "c", "b", "a")),
                List.of(history("u2", List.of(30, 5), "e", "d"))));
    server = new ServedSample(root);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void theSequenceIsFilledUnlessTheRequestHasIt() throws Exception {
    assertThat(score("'user': 'u1'")).isEqualTo(score("'user': 'u1', 'recent': ['a', 'b']"));
    assertThat(score("'user': 'u2'")).isEqualTo(score("'user': 'u2', 'recent': ['d']"));
    assertThat(score("'user': 'u1', 'recent': []"))
        .isEqualTo(score("'user': 'u1', 'recent': ['a', 'b']"))
        .isNotEqualTo(score("'user': 'u1', 'recent': ['b']"));
    assertThat(score("'user': 'u1', 'recent': ['c']"))
        .isNotEqualTo(score("'user': 'u1', 'recent': ['a', 'b']"));
  }

  @Test
  void whoIsUnknownHasNone() throws Exception {
    double nobody = score("'recent': null");
    assertThat(score("'user': null")).isEqualTo(nobody);
    assertThat(score("'user': 'u1'")).isNotEqualTo(score("'user': 'u3'"));
  }

  @Test
  void allProtocolsFillIt() throws Exception {
    double filled = score("'user': 'u1', 'recent': ['a', 'b']");
    JsonNode columns =
        server.post("/v1/models/ctr:predict", "{'inputs': {'user': ['u1'], 'item': ['x']}}").body();
    JsonNode tensors =
        server
            .post(
                "/v2/models/ctr/infer",
                "{'inputs': [{'name': 'user', 'shape': [1], 'datatype': 'BYTES', 'data': ['u1']},"
                    + " {'name': 'item', 'shape': [1], 'datatype': 'BYTES', 'data': ['x']}]}")
            .body();

    assertThat(columns.at("/outputs/0").asDouble()).isEqualTo(filled);
    assertThat(tensors.at("/outputs/0/data/0").asDouble()).isEqualTo(filled);
  }

  private double score(String features) throws Exception {
    String body = "{'instances': [{'features': {'item': 'x', %s}}]}".formatted(features);
    return server.post("/v1/models/ctr:predict", body).body().at("/predictions/0").asDouble();
  }

  /** Actions so many hours ago, the oldest first. */
  private static PublishedHistory history(String user, List<Integer> hours, String... items) {
    long now = System.currentTimeMillis();
    LongStream times = hours.stream().mapToLong(ago -> now - Duration.ofHours(ago).toMillis());
    LongStream values = Stream.of(items).mapToLong(item -> Fids.of(0, ValueHash.of(item)));
    return new PublishedHistory(
        Histories.publishedId(3, Fids.of(1, ValueHash.of(user))),
        new ActionHistory(times.toArray(), values.toArray()));
  }
}
