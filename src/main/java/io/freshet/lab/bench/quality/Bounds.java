package io.freshet.lab.bench.quality;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What must hold for a stream; a bound that is not set always holds. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
final class Bounds {
  Double auc; // at least; all others at most
  Double logloss;
  Double ne;
  Double rel;
  Double nats; // above the base rate in all: enough where rel is too large
  Double worst;
  List<Double> calibration; // from, to
  String near; // a stream whose logloss this one's is compared with
  Double within; // of that logloss

  /**
   * What does not hold.
   *
   * @param others figures of streams by name, those measured so far
   */
  List<String> broken(QualityFigures figures, Map<String, QualityFigures> others) {
    List<String> broken = new ArrayList<>();
    if (figures.skipped() > 0) {
      broken.add(figures.skipped() + " skipped");
    }
    atLeast("AUC", figures.auc(), auc, broken);
    atMost("logloss", figures.logloss(), logloss, broken);
    atMost("NE", figures.ne(), ne, broken);
    if (nats == null || !(figures.nats() <= nats)) {
      atMost("rel", figures.rel(), rel, broken);
    }
    atMost("worst", figures.worst(), worst, broken);
    if (calibration != null) {
      atLeast("calibration", figures.calibration(), calibration.get(0), broken);
      atMost("calibration", figures.calibration(), calibration.get(1), broken);
    }
    if (near != null && others.containsKey(near)) {
      double most = others.get(near).logloss() + within;
      atMost("logloss", figures.logloss(), most, broken);
    }
    return broken;
  }

  private static void atLeast(String name, double figure, Double least, List<String> broken) {
    if (least != null && !(figure >= least)) {
      broken.add(text(name, figure, "<", least));
    }
  }

  private static void atMost(String name, double figure, Double most, List<String> broken) {
    if (most != null && !(figure <= most)) {
      broken.add(text(name, figure, ">", most));
    }
  }

  private static String text(String name, double figure, String relation, double bound) {
    return String.format(Locale.ROOT, "%s %.4f %s %.4f", name, figure, relation, bound);
  }
}
