package io.freshet.serve.grpc;

import io.freshet.serve.request.ByteBudget;
import io.freshet.serve.request.HttpError;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes the bytes of a call from the budget as they come, until the call is over. A call whose
 * bytes are not there is refused at once.
 */
final class BudgetTracer extends ServerStreamTracer {
  private final ByteBudget budget;
  private final AtomicLong held = new AtomicLong();

  private BudgetTracer(ByteBudget budget) {
    this.budget = budget;
  }

  static ServerStreamTracer.Factory factory(ByteBudget budget) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new BudgetTracer(budget);
      }
    };
  }

  @Override
  public void inboundWireSize(long bytes) {
    try {
      budget.takeOrRefuse(bytes);
    } catch (HttpError e) {
      throw Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()).asRuntimeException();
    }
    held.addAndGet(bytes);
  }

  @Override
  public void streamClosed(Status status) {
    budget.give(held.getAndSet(0));
  }
}
