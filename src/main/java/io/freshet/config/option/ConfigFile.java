package io.freshet.config.option;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads a configuration's text: UTF-8, and no more of it than a configuration can have. */
public final class ConfigFile {
  private static final int MAX_BYTES = 4 * YamlTree.MAX_LENGTH;

  private ConfigFile() {}

  public static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw refused(file, "larger than " + MAX_BYTES + " bytes, so it is no configuration");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw refused(file, "no such file");
    } catch (CharacterCodingException e) {
      throw refused(file, "not UTF-8 text");
    } catch (AccessDeniedException e) {
      throw refused(file, "not allowed to open it");
    } catch (FileSystemException e) {
      throw refused(file, "cannot be read: " + e.getReason());
    } catch (IOException e) {
      throw refused(file, "cannot be read: " + e.getMessage());
    }
  }

  private static ConfigException refused(Path file, String reason) {
    String name = file.toString().replaceAll("[\\p{Cc}\\p{Cf}]", " ");
    return new ConfigException(List.of(name + ": " + reason));
  }
}
