package io.freshet.config;

import static io.freshet.config.ValueParser.directory;
import static io.freshet.config.ValueParser.duration;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.size;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.SchemaLocations;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/** Reads {@code events}. */
final class EventReader {
  private static final String NONE = "none";
  private static final Map<String, EventFormat> FORMATS =
      Map.of("json", EventFormat.JSON, "avro", EventFormat.AVRO);

  private EventReader() {}

  static EventSettings read(Section s, EventSettings d) {
    EventFormat impressions = s.get("format", d.impressions(), oneOf(FORMATS));
    EventFormat actions = s.get("click-format", impressions, oneOf(FORMATS));
    EventSettings settings =
        new EventSettings(
            s.get("max-bytes", d.maxBytes(), size("1 B", "64 MB")),
            s.get("max-values", d.maxValues(), wholeNumber(1, 100_000)),
            s.get("max-ahead", d.maxAhead(), duration("0 ms", "366 d")),
            impressions,
            actions,
            places(s, d.schemas()));
    if (settings.needSchemas() && !settings.schemas().any()) {
      s.error(
          impressions == EventFormat.AVRO ? "format" : "click-format",
          "is avro, whose schemas are found by their ids: give their folder in events.schemas, or"
              + " the address of their registry in events.registry");
    } else if (!settings.needSchemas() && settings.schemas().any()) {
      s.warning(
          settings.schemas().folder().isEmpty() ? "registry" : "schemas",
          "is not read, as no topic of events is avro (events.format)");
    }
    return settings;
  }

  private static SchemaLocations places(Section s, SchemaLocations d) {
    String folder = s.get("schemas", d.folder(), orNone(directory()));
    String registry = s.get("registry", d.registry(), orNone(anyText()));
    String credentials = s.get("registry-auth", d.credentials(), secret());
    if (!registry.isEmpty() && !isAddress(registry)) {
      s.error(
          "registry",
          "is no address such as https://registry:8081; user and password, if it needs them, are"
              + " right in events.registry-auth");
      registry = "";
    } else if (registry.isEmpty() && !credentials.isEmpty()) {
      s.error("registry-auth", "is of no use without events.registry");
    } else if (!credentials.isEmpty() && !isAuthorization(credentials)) {
      s.error("registry-auth", "is neither <user>:<password> nor Bearer <token>");
    }
    return new SchemaLocations(
        folder,
        registry,
        registry.isEmpty() ? "" : credentials,
        s.get("schema-patience", d.patience(), duration("0 ms", "1 d")));
  }

  private static ValueParser<String> orNone(ValueParser<String> wanted) {
    return new ValueParser<>(
        NONE + ", or " + wanted.phrase(),
        text -> text.equals(NONE) ? Optional.of("") : wanted.parse().apply(text),
        value -> value.isEmpty() ? NONE : value);
  }

  /** Judged later, by words that do not repeat it: it may hold a password. */
  private static ValueParser<String> anyText() {
    return new ValueParser<>("an address", Optional::of);
  }

  private static ValueParser<String> secret() {
    return new ValueParser<>(
        "a single value",
        text -> Optional.of(text.equals(NONE) ? "" : text),
        value -> value.isEmpty() ? NONE : Secrets.VALUE);
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isAuthorization(String text) {
    boolean printable = text.chars().allMatch(c -> c >= ' ' && c != 0x7F);
    return printable && (text.matches("Bearer \\S+") || text.indexOf(':') > 0);
  }
}
