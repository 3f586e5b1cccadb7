package io.freshet.lab.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page shows of a command's output. Its lines are compared in form: versions, numbers,
 * sizes, times and marks are those of a run, and so is whether a version is a full or a delta,
 * which depends on how far the job's maintenance has come. Of JSON, which pages shorten, every key
 * must be there.
 *
 * @param lines of the page
 */
record ShownOutput(List<String> lines) {
  private static final Pattern KEY = Pattern.compile("\"([a-z_]+)\" ?:");

  static ShownOutput of(List<String> lines) {
    return new ShownOutput(lines.stream().map(String::strip).filter(l -> !l.isEmpty()).toList());
  }

  /** Lines, or keys, that what was printed does not have. */
  List<String> missingFrom(String printed) {
    var forms = printed.lines().map(ShownOutput::form).collect(Collectors.toSet());
    List<String> missing = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("{") || line.startsWith("\"")) {
        Matcher key = KEY.matcher(line);
        while (key.find()) {
          if (!printed.matches("(?s).*\"" + key.group(1) + "\" ?:.*")) {
            missing.add(key.group());
          }
        }
      } else if (!forms.contains(form(line))) {
        missing.add(line);
      }
    }
    return missing;
  }

  private static String form(String line) {
    return line.strip()
        .replaceAll("\\b[0-9a-f]{8}-\\d{10}\\b", "VERSION")
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("\\b\\d[\\d,.]*( (K|M|G)?B\\b)?", "N")
        .replaceAll("(?<= )-(?= |$)", "N") // a figure that is not known
        .replaceAll("^VERSION +(delta, full|full|delta) +(VERSION|N)", "VERSION KIND N")
        .replaceAll(" (\\*|(\\* )?withheld(: .*)?)$", "")
        .replaceAll(" +", " ")
        .strip();
  }
}
