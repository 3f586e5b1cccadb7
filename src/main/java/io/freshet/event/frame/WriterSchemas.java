package io.freshet.event.frame;

import io.freshet.event.RejectedException;

/**
 * The schemas that records were written with, by what the records say of them. An id always means
 * the same schema.
 *
 * @param <S> the type of schemas
 */
public interface WriterSchemas<S> {

  /**
   * The schema of an id.
   *
   * @throws RejectedException where there is none, or it is of another format
   * @throws java.io.UncheckedIOException where that cannot be found out, by any patience: the
   *     record may be a good one
   */
  S of(SchemaId id) throws RejectedException;
}
