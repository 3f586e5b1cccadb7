package io.freshet.serve.http.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.Damage;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.request.HttpError;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged requests are scored, or refused with a reason; nothing else comes of them. */
final class PredictFuzzTest {
  private static final int BODIES = 1000;
  private static final String GOOD =
      """
      {"shared": {"features": {"user": "u\u00e9", "price": 12.5e-3}}, "other": [[1], {"a": "b"}],
       "instances": [{"features": {"genres": ["drama", 7, true, null]}}, {"features": {"price": -1}},
                     {"features": {"user": 12345678901234567890, "genres": []}}]}\
      """;

  @TempDir private Path root;

  @ParameterizedTest
  @ValueSource(longs = {20260601, 20260602, 20260603})
  void aDamagedRequestIsScoredOrRefused(long seed) throws Exception {
    new SampleModel(root).full(new Version("0badcafe", 1), 0.125f, 0, 1L << 52, 3L << 52 | 1);
    Scorer scorer = scorer();
    Damage damage = new Damage(GOOD, new Random(seed));
    int refused = 0;
    for (int i = 0; i < BODIES; i++) {
      byte[] body = damage.next();
      try {
        for (FeatureValues features :
            PredictRequest.read(new ByteArrayInputStream(body), scorer.names(), 100)
                .rows()
                .features()) {
          float score = scorer.score(List.of(scorer.encode(features)))[0];
          assertThat(score).as("seed %d, body %d", seed, i).isBetween(0f, 1f);
        }
      } catch (HttpError | RejectedException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d, body %d", seed, i).isNotBlank();
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed %s, body %s: %s".formatted(seed, i, new String(body, UTF_8)), e);
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(1, BODIES - 1);
  }

  private Scorer scorer() {
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      return follower.model().orElseThrow().newScorer();
    }
  }
}
