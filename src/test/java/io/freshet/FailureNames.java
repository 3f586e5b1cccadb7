package io.freshet;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Prints the name of a test that failed as JUnit shows it: Surefire gives parameterized ones a
 * number in place of their arguments, among which the seed of a random one is.
 */
public final class FailureNames implements TestWatcher {
  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    System.out.printf(
        "FAILED %s.%s: %s%n",
        context.getRequiredTestClass().getSimpleName(),
        context.getRequiredTestMethod().getName(),
        context.getDisplayName());
  }
}
