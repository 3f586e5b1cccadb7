package io.freshet.serve.request;

/** Why a request is not served. Has no stack trace. */
public final class HttpError extends Exception {
  private final int status;

  /**
   * An error response.
   *
   * @param status of HTTP
   * @param reason for people: the place of a mistake, what is there and what would be right
   */
  public HttpError(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  /** A mistake in the request. */
  public static HttpError bad(String reason) {
    return new HttpError(400, reason);
  }

  public int status() {
    return status;
  }
}
