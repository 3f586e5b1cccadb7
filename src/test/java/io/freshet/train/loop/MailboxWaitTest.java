package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.LogLines;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;

final class MailboxWaitTest {
  private final Mails mails = new Mails();
  private final MailboxWait waiting = new MailboxWait(mails, () -> mails.now, () -> "trainer 3");

  @Test
  void aLongWaitIsLoggedOnceAndOnceWhenItIsOver() throws Exception {
    try (LogLines log = LogLines.of(MailboxWait.class)) {
      passSeconds(25);

      waiting.until(mails::areRead);

      assertThat(log.lines())
          .satisfiesExactly(
              line -> assertThat(line).startsWith("WARN trainer 3 waits for 10 s: a shard or"),
              line -> assertThat(line).isEqualTo("INFO trainer 3 no longer waits, after 25 s"));
    }
    assertThat(waiting.millis()).isEqualTo(25_000);
  }

  @Test
  void shortWaitsAreCountedAndNotTold() throws Exception {
    try (LogLines log = LogLines.of(MailboxWait.class)) {
      for (int i = 0; i < 5; i++) {
        passSeconds(9);
        waiting.until(mails::areRead);
      }

      assertThat(log.lines()).isEmpty();
    }
    assertThat(waiting.millis()).isEqualTo(45_000);
  }

  @Test
  void thePresentWaitCounts() throws Exception {
    mails.add(
        () -> {
          mails.now += 7;
          assertThat(waiting.millis()).isEqualTo(7);
        });

    waiting.until(mails::areRead);

    assertThat(waiting.millis()).isEqualTo(7);
  }

  @Test
  void aMailInsideAWaitNeverWaits() {
    mails.add(() -> waiting.until(() -> false));

    assertThatThrownBy(() -> waiting.until(mails::areRead))
        .hasStackTraceContaining("a mail that runs inside a wait began to wait");
  }

  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      mails.add(
          () -> {
            mails.now += 1000;
            waiting.look();
          });
    }
  }

  /** A mailbox whose mails are all there, and a clock that they move. */
  private static final class Mails implements MailboxExecutor {
    private final Queue<ThrowingRunnable<? extends Exception>> mails = new ArrayDeque<>();
    private long now = 1_000_000;

    void add(ThrowingRunnable<? extends Exception> mail) {
      mails.add(mail);
    }

    boolean areRead() {
      return mails.isEmpty();
    }

    @Override
    public void execute(
        MailOptions options,
        ThrowingRunnable<? extends Exception> command,
        String description,
        Object... arguments) {
      mails.add(command);
    }

    @Override
    public void yield() {
      try {
        mails.remove().run();
      } catch (Exception e) {
        throw new IllegalStateException("a mail failed", e);
      }
    }

    @Override
    public boolean tryYield() {
      boolean any = !mails.isEmpty();
      if (any) {
        this.yield();
      }
      return any;
    }

    @Override
    public boolean shouldInterrupt() {
      return false;
    }

    @Override
    public <T> Future<T> submit(Callable<T> command, String format, Object... arguments) {
      throw new UnsupportedOperationException("the loop submits nothing");
    }
  }
}
