package io.freshet.lab.ops;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples in a text of Prometheus' exposition format. */
record Scrape(List<Sample> samples) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  record Sample(String name, Map<String, String> labels, double value) {}

  static Scrape of(String address) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30)).build();
    var response = CLIENT.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(address + " answers " + response.statusCode());
    }
    return parse(response.body());
  }

  static Scrape parse(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher sample = LINE.matcher(line);
      if (!sample.matches()) {
        throw new IllegalArgumentException("no sample: " + line);
      }
      Map<String, String> labels = new HashMap<>();
      Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
      double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
      samples.add(new Sample(sample.group(1), labels, value));
    }
    return new Scrape(List.copyOf(samples));
  }

  Scrape and(Scrape other) {
    List<Sample> all = new ArrayList<>(samples);
    all.addAll(other.samples);
    return new Scrape(all);
  }

  List<Sample> of(String name, Map<String, String> labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
        .toList();
  }

  /** The sum over an operator's subtasks; not a number where it has no such metric. */
  double operator(String operator, String metric) {
    List<Sample> found =
        of("flink_taskmanager_job_task_operator_" + metric, Map.of("operator_name", operator));
    return found.isEmpty() ? Double.NaN : found.stream().mapToDouble(Sample::value).sum();
  }
}
