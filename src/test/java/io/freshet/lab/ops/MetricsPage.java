package io.freshet.lab.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code src/docs/metrics.md} lists: the names in its tables, with their second column. */
record MetricsPage(Map<String, Set<String>> learner, Map<String, Set<String>> serving) {
  private static final Path FILE = Path.of("src/docs/metrics.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  static MetricsPage read() throws IOException {
    Map<String, Set<String>> learner = new TreeMap<>();
    Map<String, Set<String>> serving = new TreeMap<>();
    for (String line : Files.readAllLines(FILE)) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|");
        for (String name : codes(cells[1])) {
          boolean serves = name.matches("(freshet|jvm|process)_.*");
          Set<String> whose =
              serves
                  ? serving.computeIfAbsent(name, n -> new TreeSet<>())
                  : learner.computeIfAbsent(
                      "flink_taskmanager_job_task_operator_" + name, n -> new TreeSet<>());
          whose.addAll(codes(cells[2]));
        }
      }
    }
    return new MetricsPage(learner, serving);
  }

  private static List<String> codes(String cell) {
    List<String> codes = new ArrayList<>();
    Matcher code = CODE.matcher(cell);
    while (code.find()) {
      codes.add(code.group(1));
    }
    return codes;
  }
}
