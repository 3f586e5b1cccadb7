package io.freshet.cli.snapshot;

import io.freshet.config.option.Quantity;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time as a configuration has it. */
public final class TimeConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    return Quantity.duration(text)
        .orElseThrow(
            () ->
                new TypeConversionException("\"%s\" is not a time such as 10 min".formatted(text)));
  }
}
