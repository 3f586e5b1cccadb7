package io.freshet.job.topic;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The state format of a {@link KnownTopic}: name, id, and the connector's state with its version.
 *
 * <p>States of builds before it are the connector's alone, whose versions count up from 0.
 */
final class KnownTopicSerializer implements SimpleVersionedSerializer<KnownTopic> {
  static final int VERSION = 1000;

  private final KafkaSourceEnumStateSerializer partitions = new KafkaSourceEnumStateSerializer();

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(KnownTopic topic) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(topic.name());
    out.writeUTF(topic.id());
    out.writeInt(partitions.getVersion());
    out.write(partitions.serialize(topic.partitions()));
    return bytes.toByteArray();
  }

  @Override
  public KnownTopic deserialize(int version, byte[] bytes) throws IOException {
    if (version < VERSION) {
      return new KnownTopic("", "", partitions.deserialize(version, bytes));
    }
    if (version > VERSION) {
      throw new IOException("topic state of version " + version + "; this build reads " + VERSION);
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    String name = in.readUTF();
    String id = in.readUTF();
    int inner = in.readInt();
    return new KnownTopic(name, id, partitions.deserialize(inner, in.readAllBytes()));
  }
}
