package io.freshet.serve.http;

/** Lets tests of other packages ask which paths the server knows. */
public final class KnownRoutes {
  private KnownRoutes() {}

  public static boolean has(String path) {
    return Route.of(path).isPresent();
  }
}
