package io.freshet.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EvaluationDataTest {
  /** The data is not in the order of time; sequences are as of each rating all the same. */
  @Test
  void rowsAreInTheOrderOfTimeWhereSequencesAreFilled() throws Exception {
    FeatureSchema schema =
        new FeatureSchema(
            List.of(
                new CategoricalField("user", 1),
                new CategoricalField("movie", 2),
                new SequenceField("liked", 3, "movie", 50, Pooling.MEAN)
                    .withHistory(
                        new History("user", "movie", List.of("click"), 365L * 86_400_000))),
            "user");
    List<LabeledExample> examples = new ArrayList<>();

    new EvaluationData(new KafkaClients("none:1", Map.of()), "label", Optional.empty())
        .read(
            "src/test/resources/ml-latest-small",
            schema,
            (values, example) -> examples.add(example));

    assertThat(examples).extracting(LabeledExample::time).isSorted();
    Map<Long, Set<Long>> liked = new HashMap<>();
    int filled = 0;
    for (LabeledExample example : examples) {
      Set<Long> before = liked.computeIfAbsent(example.example().user(), u -> new HashSet<>());
      long[] sequence = sequence(example);
      assertThat(before).containsAll(Arrays.stream(sequence).boxed().toList());
      filled += sequence.length > 0 ? 1 : 0;
      if (example.label() > 0) {
        before.add(Fids.of(0, example.example().fids()[2]));
      }
    }
    assertThat(filled).isGreaterThan(examples.size() / 2);
  }

  private static long[] sequence(LabeledExample example) {
    return Arrays.stream(example.example().fids())
        .filter(fid -> Fids.field(fid) == 3 && fid != Fids.missing(3))
        .map(fid -> Fids.of(0, fid))
        .toArray();
  }
}
