package io.freshet.serve.http;

/** Why a request is not served. Has no stack trace. */
final class HttpError extends Exception {
  private final int status;

  /**
   * An error response.
   *
   * @param status of HTTP
   * @param reason for people: the place of a mistake, what is there and what would be right
   */
  HttpError(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
