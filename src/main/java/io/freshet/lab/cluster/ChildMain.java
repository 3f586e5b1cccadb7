package io.freshet.lab.cluster;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another main class in a process that ends with its parent, however that ends: it watches its
 * standard input, which the parent holds open and never writes to.
 */
final class ChildMain {
  private ChildMain() {}

  /** Arguments: the main class, then its arguments. */
  public static void main(String[] args) throws Throwable {
    Thread watch = new Thread(ChildMain::endWithParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    try {
      Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // nothing is ever written; a byte would mean no more than that the parent lives
      }
    } catch (IOException e) {
      System.err.println("standard input is broken, as after the parent's end: " + e.getMessage());
    }
    Runtime.getRuntime().halt(1);
  }
}
