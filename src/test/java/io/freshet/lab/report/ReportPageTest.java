package io.freshet.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.report.ReportData.Curves;
import io.freshet.lab.report.plot.Chart;
import io.freshet.lab.report.plot.Point;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportPageTest {

  @Test
  void tellsTheRun() throws Exception {
    Document page = parse(ReportPage.html(SampleReports.usual()));

    assertThat(page.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("ctr-demo");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("0.4123", "2.6 % above the best reachable, 0.4017", "Windows of 5 min.")
        .contains("as expected: each example counted exactly once", "1,284 dead letters")
        .contains("5f0c2a71b3d94e08-4", "11.8 MB", "train.batch-size");
    assertThat(page.getElementsByTagName("figure").getLength()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isWellFormedAndWholeInItself(String name) throws Exception {
    String html = ReportPage.html(SampleReports.all().get(name));

    Document page = parse(html);

    assertThat(html).startsWith("<!DOCTYPE html>\n<html ");
    assertThat(html.replaceAll("xmlns=\"[^\"]*\"", "")).doesNotContain("http:", "https:", "url(");
    Set<String> tags = new TreeSet<>();
    all(page, "*").forEach(element -> tags.add(element.getTagName()));
    assertThat(tags).doesNotContain("script", "link", "img", "iframe");
  }

  @ParameterizedTest
  @MethodSource("names")
  void drawsNothingOutsideItsPicture(String name) throws Exception {
    Document page = parse(ReportPage.html(SampleReports.all().get(name)));

    assertDrawnInside(page);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyDrawingIsSpokenAndHasATable(String name) throws Exception {
    Document page = parse(ReportPage.html(SampleReports.all().get(name)));

    for (Element figure : all(page, "figure")) {
      List<Element> drawings = all(figure, "svg");
      assertThat(drawings).allMatch(svg -> svg.getAttribute("role").equals("img"));
      assertThat(drawings).allMatch(svg -> svg.getAttribute("aria-label").length() > 20);
      assertThat(all(figure, "table")).hasSize(drawings.isEmpty() ? 0 : 1);
    }
  }

  @Test
  void namesAreEscaped() throws Exception {
    String html = ReportPage.html(SampleReports.gaps());

    assertThat(html).doesNotContain("<b>markup", "<script");
    assertThat(parse(html).getElementsByTagName("h1").item(0).getTextContent())
        .startsWith("Names with <b>markup</b> & \"quotes\" \uFFFD – and");
  }

  @Test
  void undefinedValuesAreGapsAndADashInTheTable() throws Exception {
    Document page = parse(ReportPage.html(SampleReports.gaps()));
    Element auc = all(page, "figure").get(1);

    Element curve =
        all(auc, "path").stream()
            .filter(path -> path.getAttribute("class").equals("curve learner"))
            .findFirst()
            .orElseThrow();

    assertThat(curve.getAttribute("d").chars().filter(c -> c == 'M').count()).isEqualTo(3);
    assertThat(all(auc, "td").get(1).getTextContent()).isEqualTo("–");
  }

  @Test
  void longRunsAreJoinedToAFewHundredPoints() throws Exception {
    Document page = parse(ReportPage.html(SampleReports.spanning(Duration.ofDays(1), 7300, 1)));

    Element logloss = all(page, "figure").get(0);

    assertThat(all(logloss, "tr")).hasSizeBetween(100, Chart.MOST_POINTS + 1);
    assertThat(logloss.getTextContent()).contains("Each point is the mean of 37 windows of 1 d.");
  }

  @Test
  void aLostUpdateIsToldInPlainWords() throws Exception {
    Document page = parse(ReportPage.html(SampleReports.gaps()));

    List<Element> wrong =
        all(page, "div").stream().filter(div -> div.getAttribute("class").equals("wrong")).toList();

    assertThat(wrong).hasSize(1);
    assertThat(wrong.get(0).getTextContent()).contains("10,999,999expected were 11,000,000");
  }

  @Test
  void curvesWhollyAboveTheCeilingStandAtIt() throws Exception {
    List<Point> high = List.of(new Point(0, 9, 1), new Point(60_000, 8, 1));
    ReportData usual = SampleReports.usual();
    Curves curves = new Curves(high, List.of(), List.of(), List.of(), List.of(), List.of());
    ReportData data =
        new ReportData(
            "high",
            usual.made(),
            usual.window(),
            usual.summary(),
            curves,
            usual.funnel(),
            List.of(),
            Map.of());

    Document page = parse(ReportPage.html(data));

    assertThat(all(page, "figure").get(0).getTextContent()).contains("2 points above 2");
    assertDrawnInside(page);
  }

  @Test
  void joinedPointsAreMeansWeightedByExamples() {
    List<Metrics> windows = List.of(window(0, 30, 0.2), window(1000, 10, 0.6));

    List<Point> joined = Point.join(Point.curve(windows, Metrics::logloss), 2);

    assertThat(joined).hasSize(1);
    assertThat(joined.get(0).value()).isCloseTo(0.3, within(1e-12));
  }

  static Set<String> names() {
    return SampleReports.all().keySet();
  }

  private static Metrics window(long from, long examples, double logloss) {
    return new Metrics(from, from + 1000, examples, 1, 0.1, logloss, 0.7, 0.9, 1);
  }

  private static void assertDrawnInside(Document page) {
    for (Element svg : all(page, "svg")) {
      String[] box = svg.getAttribute("viewBox").split(" ");
      for (Element path : all(svg, "path")) {
        List<Double> numbers = numbers(path.getAttribute("d"));
        for (int i = 0; i < numbers.size(); i += 2) {
          assertThat(numbers.get(i)).isBetween(0.0, Double.valueOf(box[2]));
          assertThat(numbers.get(i + 1)).isBetween(0.0, Double.valueOf(box[3]));
        }
      }
    }
  }

  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> all(Document page, String tag) {
    return all(page.getDocumentElement(), tag);
  }

  private static List<Element> all(Element within, String tag) {
    NodeList found = within.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<Double> numbers(String path) {
    return Pattern.compile("-?[0-9.]+|NaN")
        .matcher(path)
        .results()
        .map(match -> Double.valueOf(match.group()))
        .toList();
  }
}
