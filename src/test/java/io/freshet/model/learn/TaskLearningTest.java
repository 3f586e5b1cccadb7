package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Sizes;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clicks, and purchases that follow on them, whose probabilities are planted. */
class TaskLearningTest {
  private static final int USERS = 100;
  private static final int ITEMS = 50;
  private static final int IMPRESSIONS = 30_000;
  private static final int BATCH = 64;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(new CategoricalField("user", 1), new CategoricalField("item", 2)), "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(8, List.of(32, 16), 0, 42);

  private final Random random = new Random(5);
  private final double[] userClicks = normals(USERS);
  private final double[] itemClicks = normals(ITEMS);
  private final double[] userBuys = normals(USERS);
  private final double[] itemBuys = normals(ITEMS);
  private final List<Impression> impressions = impressions();

  /** An impression, with what is true of it. */
  private record Impression(
      Example example, double click, double purchase, boolean clicked, boolean bought) {}

  @Test
  void eachTaskReachesMostOfItsGain() {
    Tasks tasks = new Tasks(List.of(task("click", ""), task("purchase", "click")));

    double[] product = shares(MODEL.withTasks(tasks), true, true);
    double click = shares(MODEL, true, false)[0];
    double purchase = shares(MODEL, false, true)[1];

    String found =
        "share of the gain: click %s, purchase %s by the product; %s and %s by two models"
            .formatted(product[0], product[1], click, purchase);
    assertThat(product[0]).as(found).isGreaterThan(0.85).isGreaterThan(click - 0.05);
    assertThat(product[1]).as(found).isGreaterThan(0.7).isGreaterThan(purchase - 0.1);
  }

  @Test
  void tasksThatStandAloneReachWhatTwoModelsDo() {
    Tasks tasks = new Tasks(List.of(task("click", ""), task("purchase", "")));

    double[] shares = shares(MODEL.withTasks(tasks), true, true);
    double click = shares(MODEL, true, false)[0];
    double purchase = shares(MODEL, false, true)[1];

    String found =
        "share of the gain: click %s, purchase %s; %s and %s by two models"
            .formatted(shares[0], shares[1], click, purchase);
    assertThat(shares[0]).as(found).isGreaterThan(click - 0.02);
    assertThat(shares[1]).as(found).isGreaterThan(purchase - 0.02);
  }

  static List<ModelSettings> kinds() {
    Sizes twoStreams = new Sizes(Map.of("second-layers", List.of(32, 16), "heads", List.of(2)));
    Sizes twoBlocks = new Sizes(Map.of("second-layers", List.of(32, 16)));
    return List.of(
        MODEL,
        new ModelSettings(ModelKind.DCN, 8, List.of(32, 16), 2, 0, 42),
        new ModelSettings(ModelKind.FINALMLP, 8, List.of(32, 16), 0, twoStreams, 0, 42),
        new ModelSettings(ModelKind.FINALNET, 8, List.of(32, 16), 0, twoBlocks, 0, 42));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eachTaskReachesMostOfItsGainByExperts(ModelSettings kind) {
    Tasks tasks = new Tasks(List.of(task("click", ""), task("purchase", "click")));
    ModelSettings model = SampleKinds.mixingExperts(kind, 4, List.of(16)).withTasks(tasks);

    double[] shares = shares(model, true, true);

    String found = "share of the gain: click %s, purchase %s".formatted(shares[0], shares[1]);
    assertThat(shares[0]).as(found).isGreaterThan(0.85);
    assertThat(shares[1]).as(found).isGreaterThan(0.7);
  }

  private static Task task(String name, String after) {
    return new Task(name, after, name, LabelSettings.DEFAULT);
  }

  /**
   * Of each task the share of the gain over the base rate that is reached in the second half of the
   * stream, by the expected loss.
   */
  private double[] shares(ModelSettings model, boolean clicks, boolean purchases) {
    LocalLearner learner = new LocalLearner(SCHEMA, model, LearningSettings.DEFAULT);
    double[][] losses = new double[2][3]; // of the model, the truth, the base rate
    double[] rates = new double[2];
    impressions.forEach(i -> rates[0] += i.click / IMPRESSIONS);
    impressions.forEach(i -> rates[1] += i.purchase / IMPRESSIONS);
    for (int from = 0; from < IMPRESSIONS; from += BATCH) {
      List<Impression> batch = impressions.subList(from, Math.min(IMPRESSIONS, from + BATCH));
      List<LabeledExample> examples = new ArrayList<>();
      for (Impression i : batch) {
        if (clicks) {
          examples.add(labeled(i, i.clicked));
        }
        if (purchases) {
          examples.add(labeled(i, i.bought).of(clicks ? 1 : 0));
        }
      }
      float[] predicted = learner.learn(examples).probabilities();
      int at = 0;
      for (Impression i : batch) {
        for (int task = clicks ? 0 : 1; task < (purchases ? 2 : 1); task++) {
          double truth = task == 0 ? i.click : i.purchase;
          double[] of = {predicted[at++], truth, rates[task]};
          for (int k = 0; k < of.length && from > IMPRESSIONS / 2; k++) {
            losses[task][k] -= truth * Math.log(of[k]) + (1 - truth) * Math.log(1 - of[k]);
          }
        }
      }
    }
    return new double[] {share(losses[0]), share(losses[1])};
  }

  private static double share(double[] losses) {
    return (losses[2] - losses[0]) / (losses[2] - losses[1]);
  }

  private static LabeledExample labeled(Impression of, boolean positive) {
    return new LabeledExample("i", 1, positive ? 1 : 0, 1, of.example);
  }

  private List<Impression> impressions() {
    List<Impression> all = new ArrayList<>();
    for (int i = 0; i < IMPRESSIONS; i++) {
      int user = random.nextInt(USERS);
      int item = random.nextInt(ITEMS);
      double click = sigmoid(userClicks[user] + itemClicks[item] - 2);
      double purchase = click * sigmoid(userBuys[user] + itemBuys[item] - 1.5);
      boolean clicked = random.nextDouble() < click;
      boolean bought = clicked && random.nextDouble() < purchase / click;
      long[] fids = {Fids.BIAS, Fids.of(1, user), Fids.of(2, item)};
      Example example = new Example(user, fids, new float[] {1, 1, 1});
      all.add(new Impression(example, click, purchase, clicked, bought));
    }
    return all;
  }

  private double[] normals(int n) {
    return random.doubles(n).map(x -> random.nextGaussian()).toArray();
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }
}
