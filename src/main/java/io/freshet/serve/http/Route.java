package io.freshet.serve.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

  private static final Pattern MODEL_V2 =
      Pattern.compile("/v2/models/([^/]+)(?:/versions/([^/]+))?(/infer|/ready)?");

  /** The resources. */
  enum Kind {
    HEALTH(false),
    READINESS(false),
    METRICS(false),
    MODELS(false),
    STATUS(false),
    METADATA(false),
    PREDICT(true),
    EXPLAIN(true),
    SERVER_V2(false),
    HEALTH_V2(false),
    READINESS_V2(false),
    MODEL_V2(false),
    MODEL_READINESS_V2(false),
    INFER_V2(true);

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
      case "/v2" -> to(Kind.SERVER_V2);
      case "/v2/health/live" -> to(Kind.HEALTH_V2);
      case "/v2/health/ready" -> to(Kind.READINESS_V2);
      default -> path.startsWith("/v2/") ? ofModelV2(path) : ofModel(path);
    };
  }

  private static Optional<Route> to(Kind kind) {
    return Optional.of(new Route(kind, Optional.empty(), Optional.empty()));
  }

  private static Optional<Route> ofModel(String path) {
    return of(
        MODEL.matcher(path),
        what ->
            switch (what) {
              case ":predict" -> Kind.PREDICT;
              case ":explain" -> Kind.EXPLAIN;
              case "/metadata" -> Kind.METADATA;
              default -> Kind.STATUS;
            });
  }

  private static Optional<Route> ofModelV2(String path) {
    return of(
        MODEL_V2.matcher(path),
        what ->
            switch (what) {
              case "/infer" -> Kind.INFER_V2;
              case "/ready" -> Kind.MODEL_READINESS_V2;
              default -> Kind.MODEL_V2;
            });
  }

  /** The route of a model, perhaps a version, and what of it. */
  private static Optional<Route> of(Matcher path, Function<String, Kind> kind) {
    return path.matches()
        ? Optional.of(
            new Route(
                kind.apply(path.group(3) == null ? "" : path.group(3)),
                Optional.of(path.group(1)),
                Optional.ofNullable(path.group(2))))
        : Optional.empty();
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
