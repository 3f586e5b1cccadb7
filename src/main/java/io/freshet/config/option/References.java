package io.freshet.config.option;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values that a configuration names and does not hold: <code>${env:NAME}</code> is an environment
 * variable's value, <code>${file:/path}</code> what a file holds, without white space around it.
 * Either may be a part of a text; <code>$${</code> is a plain <code>${</code>.
 *
 * <p>What a reference stands for is not looked at again for references. No message shows it.
 */
public final class References {
  /** Where a value is; neither its colon nor its brace is a part of a name. */
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(env:[A-Za-z_][A-Za-z0-9_.-]*|file:/[^{}\\p{Cntrl}]+)\\}");

  private static final Pattern PART = Pattern.compile("\\$\\$\\{|" + REFERENCE);
  private static final String PLAIN = "$${";
  private static final String FILE = "file:";
  private static final int MAX_BYTES = 1 << 16;

  private References() {}

  /** A reference that leads to no value. */
  public static final class UnresolvedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UnresolvedException(String message) {
      super(message);
    }
  }

  /** What is wrong with the form of a text, if anything is. */
  public static Optional<String> problem(String text) {
    return PART.matcher(text).replaceAll("").contains("${")
        ? Optional.of(
            "${ begins a reference; expected ${env:NAME} or ${file:/path}, or $${ for a plain ${")
        : Optional.empty();
  }

  /** Whether a text names a value that is elsewhere. */
  public static boolean any(String text) {
    return PART.matcher(text).results().anyMatch(part -> !isPlain(part));
  }

  /**
   * The text with the values in it.
   *
   * @throws UnresolvedException if a reference has a wrong form, or leads to no value here
   */
  public static String resolve(String text) {
    return resolve(text, System::getenv);
  }

  /**
   * As {@link #resolve(String)}.
   *
   * @param environment the value of a variable; null for one that is not set
   */
  public static String resolve(String text, UnaryOperator<String> environment) {
    problem(text)
        .ifPresent(
            wrong -> {
              throw new UnresolvedException(wrong);
            });
    return replace(text, "${", source -> value(source, environment));
  }

  /** The text without what may be a secret: the references in it, and words for all else. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    int end = 0;
    for (MatchResult reference : REFERENCE.matcher(text).results().toList()) {
      shown.append(end < reference.start() ? Section.HIDDEN : "").append(reference.group());
      end = reference.end();
    }
    return shown.append(end < text.length() ? Section.HIDDEN : "").toString();
  }

  /**
   * The text with something else in place of each reference.
   *
   * @param plain in place of <code>$${</code>
   * @param values in place of a reference to {@code env:NAME} or {@code file:/path}
   */
  public static String replace(String text, String plain, Function<String, String> values) {
    return PART.matcher(text)
        .replaceAll(
            part -> Matcher.quoteReplacement(isPlain(part) ? plain : values.apply(part.group(1))));
  }

  /**
   * What {@code env:NAME} or {@code file:/path} stands for.
   *
   * @throws UnresolvedException if there is nothing
   */
  public static String value(String source) {
    return value(source, System::getenv);
  }

  private static String value(String source, UnaryOperator<String> environment) {
    String name = source.substring(source.indexOf(':') + 1);
    if (source.startsWith(FILE)) {
      return content(name);
    }
    String value = environment.apply(name);
    if (value == null) {
      throw new UnresolvedException(
          "the environment variable %s is not set in this process".formatted(name));
    }
    return value;
  }

  private static String content(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw unreadable(file, "larger than " + MAX_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().strip();
    } catch (CharacterCodingException e) {
      throw unreadable(file, "not UTF-8 text");
    } catch (IOException e) {
      throw unreadable(file, e.toString());
    }
  }

  private static UnresolvedException unreadable(String file, String reason) {
    return new UnresolvedException("the file %s cannot be read: %s".formatted(file, reason));
  }

  private static boolean isPlain(MatchResult part) {
    return part.group().equals(PLAIN);
  }
}
