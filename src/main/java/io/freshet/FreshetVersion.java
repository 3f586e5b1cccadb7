package io.freshet;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the manifest of the jar that this runs from. */
public final class FreshetVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = FreshetVersion.class.getPackage().getImplementationVersion();
    return new String[] {"freshet " + Optional.ofNullable(version).orElse("development")};
  }
}
