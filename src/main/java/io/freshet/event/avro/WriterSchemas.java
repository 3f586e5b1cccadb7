package io.freshet.event.avro;

import io.freshet.event.RejectedException;
import org.apache.avro.Schema;

/**
 * The schemas that Avro records were written with, by the ids that precede their bytes. An id
 * always means the same schema.
 */
public interface WriterSchemas {

  /**
   * The schema of an id.
   *
   * @throws RejectedException where there is none, or it is none of Avro's
   * @throws java.io.UncheckedIOException where that cannot be found out, by any patience: the
   *     record may be a good one
   */
  Schema of(int id) throws RejectedException;
}
