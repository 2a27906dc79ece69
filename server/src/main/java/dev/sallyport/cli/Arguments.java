package dev.sallyport.cli;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what is typed on the command line. What cannot be read is a usage error. */
final class Arguments {
  private Arguments() {}

  /**
   * {@code HOST:PORT}. Only the form is read here: what is wrong with the host or the port is for
   * the policy to say, as it would to a client.
   */
  static final class TargetConverter implements ITypeConverter<Target> {
    private static final Pattern SYNTAX =
        Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*)):([0-9]{1,10})", Pattern.DOTALL);

    @Override
    public Target convert(String text) {
      Matcher matcher = SYNTAX.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "write it as HOST:PORT, an IPv6 address in brackets: [fd00::5]:22");
      }
      String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      return new Target(host, Long.parseLong(matcher.group(3)));
    }
  }

  /**
   * A host with a port.
   *
   * @param port from 1 to 65535
   */
  record HostAndPort(Host host, int port) {}

  /** {@code HOST} or {@code HOST:PORT}; the port is SSH's unless given. */
  static final class HostAndPortConverter implements ITypeConverter<HostAndPort> {
    private static final int SSH = 22;

    @Override
    public HostAndPort convert(String text) {
      Target target =
          Host.parse(text) instanceof Parsed.Valid<Host>
              ? new Target(text, SSH)
              : new TargetConverter().convert(text.endsWith("]") ? text + ":" + SSH : text);
      if (target.port() < 1 || target.port() > 65535) {
        throw new TypeConversionException("write a port from 1 to 65535");
      }
      return switch (Host.parse(target.host())) {
        case Parsed.Valid<Host>(Host host) -> new HostAndPort(host, (int) target.port());
        case Parsed.Malformed<Host>(String reason) ->
            throw new TypeConversionException("the host " + reason);
      };
    }
  }

  /** An address in a strict spelling. */
  static final class AddressConverter implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String text) {
      return IpText.parse(text)
          .orElseThrow(
              () -> new TypeConversionException("write an address: 203.0.113.7 or fd00::5"));
    }
  }

  /** A time span with one unit. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = SYNTAX.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("write a number with its unit: 500ms, 2s, 1m or 1h");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }
  }
}
