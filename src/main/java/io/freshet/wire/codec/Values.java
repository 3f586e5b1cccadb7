package io.freshet.wire.codec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Strings of any length, and what may be absent or there several times. */
public final class Values {
  private Values() {}

  /** The number of chars, and each char as a {@link VarInt}: lone surrogates stay as they are. */
  public static void writeString(String text, DataOutput out) throws IOException {
    int n = text.length();
    VarInt.write(n, out);
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out.writeByte(c);
      } else {
        VarInt.write(c, out);
      }
    }
  }

  public static String readString(DataInput in) throws IOException {
    char[] chars = new char[VarInt.readInt(in)];
    for (int i = 0; i < chars.length; i++) {
      int first = in.readByte();
      chars[i] = (char) (first >= 0 ? first : first & 0x7F | (int) VarInt.read(in) << 7);
    }
    return new String(chars);
  }

  public static <T> void writeOptional(Optional<T> value, Codec<? super T> codec, DataOutput out)
      throws IOException {
    out.writeBoolean(value.isPresent());
    if (value.isPresent()) {
      codec.write(value.get(), out);
    }
  }

  public static <T> Optional<T> readOptional(DataInput in, Codec<T> codec) throws IOException {
    return in.readBoolean() ? Optional.of(codec.read(in)) : Optional.empty();
  }

  public static <T> void writeList(List<T> values, Codec<? super T> codec, DataOutput out)
      throws IOException {
    VarInt.write(values.size(), out);
    for (T value : values) {
      codec.write(value, out);
    }
  }

  public static <T> List<T> readList(DataInput in, Codec<T> codec) throws IOException {
    int n = VarInt.readInt(in);
    List<T> values = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      values.add(codec.read(in));
    }
    return values;
  }

  public static <K, V> void writeMap(
      Map<K, V> map, Codec<? super K> keys, Codec<? super V> values, DataOutput out)
      throws IOException {
    VarInt.write(map.size(), out);
    for (Map.Entry<K, V> entry : map.entrySet()) {
      keys.write(entry.getKey(), out);
      values.write(entry.getValue(), out);
    }
  }

  public static <K, V> Map<K, V> readMap(DataInput in, Codec<K> keys, Codec<V> values)
      throws IOException {
    int n = VarInt.readInt(in);
    Map<K, V> map = new HashMap<>();
    for (int i = 0; i < n; i++) {
      map.put(keys.read(in), values.read(in));
    }
    return map;
  }
}
