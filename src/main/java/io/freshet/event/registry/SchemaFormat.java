package io.freshet.event.registry;

import java.io.IOException;
import java.util.List;

/**
 * How the schemas of one format are read from a registry's answers and from files.
 *
 * @param <S> the type of schemas
 */
public interface SchemaFormat<S> {

  /**
   * A schema as a registry has it.
   *
   * @param name by which another refers to it; empty for none
   */
  record Source(String name, String text) {}

  /** Its name at registries. */
  String type();

  /** What asks a registry for sources that this can read; empty for nothing. */
  String query();

  /** Of files. */
  String suffix();

  /**
   * The last of some schemas, which refer to those before them.
   *
   * @throws IllegalArgumentException where one is none
   * @throws IOException where a registry did not give what {@link #query} asks for
   */
  S parse(List<Source> sources) throws IOException;

  /**
   * A schema with what it refers to.
   *
   * @throws IllegalArgumentException where it is none
   */
  S read(byte[] file);

  byte[] write(S schema);
}
