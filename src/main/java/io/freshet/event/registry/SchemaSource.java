package io.freshet.event.registry;

import io.freshet.event.RejectedException;
import java.io.IOException;
import java.util.Optional;
import org.apache.avro.Schema;

/** A place that knows schemas by their ids. */
interface SchemaSource {

  /**
   * The schema of an id; nothing where the place answers that it has none.
   *
   * @throws RejectedException where what it has is no schema of Avro's, for good
   * @throws IOException where the place cannot be asked, or its answer cannot be what it means
   */
  Optional<Schema> find(int id) throws RejectedException, IOException, InterruptedException;
}
