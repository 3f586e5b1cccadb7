package io.freshet.snapshot.format;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts and digests what is written through it. */
public final class DigestOutput extends FilterOutputStream {
  private final MessageDigest digest = sha256();
  private long size;

  public DigestOutput(OutputStream out) {
    super(out);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    digest.update((byte) b);
    size++;
  }

  @Override
  public void write(byte[] bytes, int from, int n) throws IOException {
    out.write(bytes, from, n);
    digest.update(bytes, from, n);
    size += n;
  }

  public long size() {
    return size;
  }

  /** The digest of all that was written, in hexadecimal; to be asked for once, at the end. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
