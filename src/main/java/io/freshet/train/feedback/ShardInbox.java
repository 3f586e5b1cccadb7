package io.freshet.train.feedback;

import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.HandedOver;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;

/**
 * Requests to a shard from trainers of its own process, which need not be written and read. The
 * trainer leaves the request here, and sends its number through Flink's channel; the shard takes it
 * when the number arrives. So requests keep their order, among themselves and among barriers, which
 * makes checkpoints exact, and the channel carries a few bytes for each.
 *
 * <p>What is here belongs to the shard: it outlives a trainer that ends or fails, and is gone with
 * the shard. A number that reaches another shard is an error, and never an update that is lost.
 *
 * <p>The channel is no bound on what is here; the batches in flight are. A trainer writes to
 * nothing that it has handed over.
 */
public final class ShardInbox implements AutoCloseable {
  private static final ConcurrentMap<Address, ShardInbox> OPEN = new ConcurrentHashMap<>();

  private record Address(JobID job, int shard) {}

  private final Address address;
  private final UUID id = UUID.randomUUID();
  private final Map<Long, ShardRequest> requests = new ConcurrentHashMap<>();
  private final AtomicLong given = new AtomicLong();

  private ShardInbox(Address address) {
    this.address = address;
  }

  /** Opens the inbox of a job's shard in this process. */
  public static ShardInbox open(JobID job, int shard) {
    ShardInbox inbox = new ShardInbox(new Address(job, shard));
    OPEN.put(inbox.address, inbox);
    return inbox;
  }

  /**
   * Returns what to send to a shard: a number if the shard is in this process and now has the
   * request, and otherwise the request itself.
   */
  public static ShardRequest handOver(JobID job, int shard, ShardRequest request) {
    ShardInbox inbox = OPEN.get(new Address(job, shard));
    if (inbox == null) {
      return request;
    }
    long number = inbox.given.incrementAndGet();
    inbox.requests.put(number, request);
    return new HandedOver(inbox.id, number, new long[] {request.key()});
  }

  /** The request of a number; of each number once. */
  public ShardRequest take(HandedOver number) {
    ShardRequest request = number.inbox().equals(id) ? requests.remove(number.number()) : null;
    if (request == null) {
      throw new IllegalStateException(
          "shard %s got request %s of another shard or attempt"
              .formatted(address.shard(), number.number()));
    }
    return request;
  }

  @Override
  public void close() {
    OPEN.remove(address, this);
  }
}
