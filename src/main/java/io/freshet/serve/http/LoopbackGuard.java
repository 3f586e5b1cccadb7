package io.freshet.serve.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a server on loopback answers to: this machine by its own names. Any other name in a request
 * belongs to a foreign page that a browser here shows, and whose host was made to point to loopback
 * so that the page may read the answers.
 */
public final class LoopbackGuard {
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[?[0-9a-f:.]*:[0-9a-f:.]*\\]?");

  private final boolean isOn;

  private LoopbackGuard(boolean isOn) {
    this.isOn = isOn;
  }

  /**
   * The guard of a server.
   *
   * @param bind the address or name that it listens at
   */
  public static LoopbackGuard of(String bind) {
    try {
      return new LoopbackGuard(InetAddress.getByName(bind).isLoopbackAddress());
    } catch (UnknownHostException e) { // nor can it be listened at
      return new LoopbackGuard(false);
    }
  }

  /** Whether a request may be answered that was sent to this host. */
  public boolean admits(String host) {
    if (!isOn) {
      return true;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.endsWith(".localhost") || isLoopback(name);
  }

  private static boolean isLoopback(String name) {
    try {
      return LITERAL.matcher(name).matches() && InetAddress.getByName(name).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
