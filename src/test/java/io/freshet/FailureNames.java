package io.freshet;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Adds to the failure of a test its name as JUnit shows it, as Surefire gives parameterized tests a
 * number in place of their arguments, among which the seed of a random one is; and the file that
 * has what it logged.
 */
public final class FailureNames
    implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw named(context, failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw named(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw named(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw named(context, failure);
  }

  @Override
  public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw named(context, failure);
  }

  private static Throwable named(ExtensionContext context, Throwable failure) {
    Class<?> test = context.getRequiredTestClass();
    String reports = test.getSimpleName().endsWith("ITCase") ? "failsafe" : "surefire";
    failure.addSuppressed(
        new Where(
            "%s: %s; its log is target/%s-reports/%s-output.txt"
                .formatted(
                    test.getSimpleName(), context.getDisplayName(), reports, test.getName())));
    return failure;
  }

  /** Which test failed, and where its log is; without a stack trace. */
  private static final class Where extends Exception {
    private static final long serialVersionUID = 1L;

    Where(String message) {
      super(message, null, false, false);
    }

    @Override
    public String toString() {
      return getMessage();
    }
  }
}
