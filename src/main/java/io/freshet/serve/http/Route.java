package io.freshet.serve.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a path leads to.
 *
 * @param kind of the resource
 * @param model the name of the model in the path; absent where the path names none
 * @param version of the model, by its name or its checkpoint; absent for the one that is served
 */
record Route(Kind kind, Optional<String> model, Optional<String> version) {
  private static final Pattern MODEL =
      Pattern.compile(
          "/v1/models/([^/:]+)(?:/versions/([^/:]+))?(:predict|:explain|/metadata|/ready)?");

  /** The resources. */
  enum Kind {
    HEALTH(false),
    READINESS(false),
    METRICS(false),
    MODELS(false),
    STATUS(false),
    METADATA(false),
    PREDICT(true),
    EXPLAIN(true);

    private final boolean hasBody;

    Kind(boolean hasBody) {
      this.hasBody = hasBody;
    }

    /** Whether requests have a body, with features to score. */
    boolean hasBody() {
      return hasBody;
    }

    private List<String> methods() {
      return hasBody ? List.of("POST") : List.of("GET", "HEAD");
    }
  }

  /** The route of a path, if there is one. */
  static Optional<Route> of(String path) {
    return switch (path) {
      case "/livez", "/healthz" -> to(Kind.HEALTH);
      case "/readyz" -> to(Kind.READINESS);
      case "/metrics" -> to(Kind.METRICS);
      case "/v1/models" -> to(Kind.MODELS);
      default -> ofModel(MODEL.matcher(path));
    };
  }

  private static Optional<Route> to(Kind kind) {
    return Optional.of(new Route(kind, Optional.empty(), Optional.empty()));
  }

  private static Optional<Route> ofModel(Matcher path) {
    if (!path.matches()) {
      return Optional.empty();
    }
    Kind kind =
        switch (path.group(3) == null ? "" : path.group(3)) {
          case ":predict" -> Kind.PREDICT;
          case ":explain" -> Kind.EXPLAIN;
          case "/metadata" -> Kind.METADATA;
          default -> Kind.STATUS;
        };
    return Optional.of(
        new Route(kind, Optional.of(path.group(1)), Optional.ofNullable(path.group(2))));
  }

  /** The name of the model in the path, where it has one. */
  String name() {
    return model.orElseThrow();
  }

  /** Whether the resource takes the method. */
  boolean takes(String method) {
    return kind.methods().contains(method);
  }

  /** The methods that it takes, as in the header {@code Allow}. */
  String allowed() {
    return String.join(", ", kind.methods());
  }
}
