package dev.sallyport.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Which Sallyport this is. */
public final class Version implements IVersionProvider {
  /** As the build stamped it into the jar; {@code development} when it runs from classes. */
  public static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sallyport " + number()};
  }
}
