package io.freshet.serve.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends a call whose one message does not come whole within a time. */
final class BodyTimeout implements ServerInterceptor {
  private final ScheduledExecutorService scheduler;
  private final Duration time;

  BodyTimeout(ScheduledExecutorService scheduler, Duration time) {
    this.scheduler = scheduler;
    this.time = time;
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Listener<Q> listener = next.startCall(call, headers);
    if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
      return listener;
    }
    AtomicBoolean isDecided = new AtomicBoolean();
    Future<?> timeout =
        scheduler.schedule(
            () -> {
              if (isDecided.compareAndSet(false, true)) {
                call.close(late(), new Metadata());
              }
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS);
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onHalfClose() {
        timeout.cancel(false);
        if (isDecided.compareAndSet(false, true)) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        timeout.cancel(false);
        super.onCancel();
      }
    };
  }

  private Status late() {
    return Status.DEADLINE_EXCEEDED.withDescription(
        "the request did not come whole within " + time.toMillis() + " ms");
  }
}
