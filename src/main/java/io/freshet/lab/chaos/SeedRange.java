package io.freshet.lab.chaos;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Seeds from the first to the last, written {@code 1-30}. */
record SeedRange(long first, long last) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  SeedRange {
    if (first > last) {
      throw new IllegalArgumentException(first + " is above " + last);
    }
  }

  static final class Converter implements ITypeConverter<SeedRange> {
    @Override
    public SeedRange convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException("\"" + text + "\" is no range of seeds such as 1-30");
      }
      try {
        return new SeedRange(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"" + text + "\" is empty: " + e.getMessage());
      }
    }
  }
}
