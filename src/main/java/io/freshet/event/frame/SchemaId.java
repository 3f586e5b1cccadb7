package io.freshet.event.frame;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/**
 * Which schema wrote a record, as a registry calls it.
 *
 * @param high the upper half of a GUID, otherwise 0
 */
public record SchemaId(Form form, long high, long low) {

  /** The ways of registries to call a schema. */
  public enum Form {
    /** A number, below 2<sup>32</sup>; Apicurio's content ids are such, too. */
    ID,
    /** Apicurio's global id, of one version of one artifact. */
    GLOBAL,
    /** Confluent's GUID. */
    GUID
  }

  public SchemaId {
    requireNonNull(form, "form");
  }

  /** The schema of an unsigned number. */
  public static SchemaId of(int id) {
    return new SchemaId(Form.ID, 0, Integer.toUnsignedLong(id));
  }

  public static SchemaId ofGlobal(long id) {
    return new SchemaId(Form.GLOBAL, 0, id);
  }

  public static SchemaId ofGuid(UUID guid) {
    return new SchemaId(Form.GUID, guid.getMostSignificantBits(), guid.getLeastSignificantBits());
  }

  /** The number or GUID itself. */
  public String text() {
    return form == Form.GUID ? new UUID(high, low).toString() : Long.toUnsignedString(low);
  }

  /** With its form, where it is not the usual one; a name of files, too. */
  @Override
  public String toString() {
    return form == Form.GLOBAL ? "global-" + text() : text();
  }
}
