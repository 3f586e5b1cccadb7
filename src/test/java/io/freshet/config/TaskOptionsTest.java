package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.config.option.ConfigException;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.JoinSettings;
import io.freshet.model.Tasks;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TaskOptionsTest {
  private static final String GOOD =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [{name: user, kind: categorical}]
      """;

  @Test
  void eachFurtherTaskHasItsOwnLabels() {
    LearnerConfig config =
        read(
            """
            join: {window: 10 min, policy: full-wait, negatives: {rate: 0.5}}
            model:
              tasks:
                - {name: click}
                - {name: purchase, after: click, window: 2 d, topic: sales, idleness: 1 min}
                - {name: like, policy: short-wait, short-wait: 5 s, negatives: {rate: 1}}
            """);

    Tasks tasks = config.model().tasks();
    JoinSettings purchase = config.joins().get(1);
    JoinSettings like = config.joins().get(2);
    assertThat(tasks.names()).containsExactly("click", "purchase", "like");
    assertThat(tasks.parent(1)).isZero();
    assertThat(tasks.parent(2)).isNegative();
    assertThat(config.joins().get(0)).isEqualTo(config.join());
    assertThat(purchase.window()).isEqualTo(Duration.ofDays(2));
    assertThat(purchase.warmUp()).isEqualTo(Duration.ofDays(16));
    assertThat(purchase.definition().topics()).containsExactly("sales");
    assertThat(purchase.labels()).isEqualTo(config.join().labels());
    assertThat(like.window()).isEqualTo(Duration.ofMinutes(10));
    assertThat(like.labels().policy()).isEqualTo(LabelPolicy.SHORT_WAIT);
    assertThat(like.labels().negativeRate()).isEqualTo(1);
    assertThat(like.labels().sampling()).isEqualTo(Sampling.WEIGHT);
    assertThat(config.actions().definition().topics()).containsExactly("clicks", "sales", "like");
    assertThat(config.actions().window()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void withoutTasksThereIsOneWithoutAName() {
    LearnerConfig config = read("");

    assertThat(config.model().tasks()).isEqualTo(Tasks.ONE);
    assertThat(config.joins()).containsExactly(config.join());
    assertThat(config.actions()).isEqualTo(config.join());
  }

  @Test
  void theFirstTaskHasTheLabelsOfTheJoin() {
    assertThat(problems("model: {tasks: [{name: click, window: 1 d}, {name: like}]}"))
        .containsExactly(
            "model.tasks[1].window: not for the first task, whose labels are those of the section"
                + " join (learner.yaml:3:39)");
  }

  @Test
  void whatATaskFollowsOnStandsBeforeIt() {
    assertThat(problems("model: {tasks: [{name: click}, {name: like, after: cart}]}"))
        .containsExactly(
            "model: task like: after is cart; expected an earlier task: click (learner.yaml:3:8)");
  }

  @Test
  void namesDiffer() {
    assertThat(problems("model: {tasks: [{name: like}, {name: like}]}"))
        .containsExactly("model: task like: duplicate name (learner.yaml:3:8)");
  }

  @Test
  void probabilitiesThatAreCorrectedAfterwardsAreNotMultiplied() {
    assertThat(
            problems(
                """
                join: {policy: fake-negative-calibration}
                model: {tasks: [{name: click}, {name: like, after: click, policy: wait}]}
                """))
        .singleElement()
        .asString()
        .startsWith("model: task like follows on click, so neither may have predictions that");
  }

  @Test
  void eachTaskNeedsLayers() {
    String tasks = "tasks: [{name: click}, {name: like}]}";
    assertThat(problems("model: {kind: fm, " + tasks))
        .containsExactly(
            "model: a model of kind fm without layers cannot have several tasks, each of which"
                + " needs some; expected one of the kinds deepfm, wide-deep, dcn, finalmlp,"
                + " finalnet, or one task (learner.yaml:3:8)");
    assertThat(problems("model: {kind: deepfm, hidden-layers: [], " + tasks))
        .containsExactly(
            "model: a model of kind deepfm without layers cannot have several tasks, each of which"
                + " needs some; expected hidden-layers, or one task (learner.yaml:3:8)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deepfm", "wide-deep", "dcn", "finalmlp", "finalnet"})
  void severalTasksShareExpertsOfEveryKindWithLayers(String kind) {
    LearnerConfig config =
        read(
            "model: {kind: %s, task-experts: 4, tower-layers: [8], tasks: [{name: a}, {name: b}]}"
                .formatted(kind));

    assertThat(config.model().sizes().lists())
        .containsEntry("task-experts", List.of(4))
        .containsEntry("tower-layers", List.of(8));
  }

  @Test
  void oneTaskSharesNoExperts() {
    assertThat(problems("model: {task-experts: 4}"))
        .containsExactly(
            "model.task-experts: says nothing without tasks; expected both (learner.yaml:3:23)");
  }

  private static LearnerConfig read(String more) {
    return LearnerConfig.parse(GOOD + more, "learner.yaml", List.of());
  }

  private static List<String> problems(String more) {
    return catchThrowableOfType(ConfigException.class, () -> read(more)).problems();
  }
}
