package dev.sallyport.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.sallyport.model.SafeText;
import java.io.File;
import java.net.URL;
import java.util.Optional;

/** Parses HOCON. */
final class Hocon {
  private static final int SHOWN = 500;

  private Hocon() {}

  /**
   * Parses a file's text. {@code ${?NAME}} may name an environment variable or a key of the file.
   * {@code include} is refused: the configuration is one file, whose hash is logged, and must not
   * depend on others that could be changed or fetched from elsewhere. A key that is given twice is
   * refused, too ({@link RepeatedKeys}).
   *
   * @param credentials the value of {@link CredentialsDirectory}'s variable
   * @param findings receives the errors of the syntax, which hide all others
   */
  static Optional<Block> read(String text, Optional<String> credentials, Findings findings) {
    try {
      Config config =
          ConfigFactory.parseString(
              text,
              ConfigParseOptions.defaults()
                  .setSyntax(ConfigSyntax.CONF)
                  .setOriginDescription("file")
                  .setIncluder(new RefusingIncluder()));
      RepeatedKeys.find(text, findings);
      return Optional.of(
          Block.root(
              CredentialsDirectory.expand(config.resolve().root(), credentials, findings),
              findings));
    } catch (IncludeRefused refused) {
      findings.error(
          lineOfInclude(text, refused.what),
          "",
          "include "
              + Block.shown(refused.what)
              + " is refused: write everything in this one file");
    } catch (ConfigException wrong) {
      findings.error(lineOf(wrong), "", message(wrong));
    } catch (StackOverflowError deep) {
      // The library parses nested blocks by recursion, without a bound of its own.
      findings.error(0, "", "is nested too deeply to be read");
    }
    return Optional.empty();
  }

  private static int lineOf(ConfigException wrong) {
    return wrong.origin() == null ? 0 : Math.max(0, wrong.origin().lineNumber());
  }

  /** The library's message without the origin at its beginning, which is reported separately. */
  private static String message(ConfigException wrong) {
    String text = String.valueOf(wrong.getMessage());
    if (wrong.origin() != null) {
      String origin = wrong.origin().description() + ": ";
      text = text.startsWith(origin) ? text.substring(origin.length()) : text;
    }
    return "cannot be read as HOCON: " + SafeText.escape(text, SHOWN);
  }

  /** Finds the line of the include, which the library does not report. */
  private static int lineOfInclude(String text, String what) {
    int at = text.indexOf(what, Math.max(0, text.indexOf("include")));
    return at < 0 ? 1 : 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  private static final class IncludeRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String what;

    IncludeRefused(String what) {
      super(what);
      this.what = what;
    }
  }

  /** Refuses all four kinds: the library uses its own includer for any that is missing. */
  private static final class RefusingIncluder
      implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      throw new IncludeRefused(what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      throw new IncludeRefused(what.toString());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
      throw new IncludeRefused(what.toString());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
      throw new IncludeRefused(what);
    }
  }
}
