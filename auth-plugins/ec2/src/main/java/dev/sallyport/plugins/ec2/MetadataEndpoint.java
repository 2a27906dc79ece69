package dev.sallyport.plugins.ec2;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Where the metadata service is. Whoever answers there decides who may log in, so it is never a
 * name, which a name server could turn anywhere, and never a machine on a network: the link-local
 * addresses that EC2 answers itself, or this machine, for a proxy that runs on it.
 *
 * @param base {@code http://ADDRESS[:PORT]}, without a path
 */
record MetadataEndpoint(URI base) {
  /** The environment variable by which AWS's own tools are told. */
  static final String VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

  static final MetadataEndpoint DEFAULT =
      new MetadataEndpoint(URI.create("http://169.254.169.254"));

  private static final Set<InetAddress> OF_EC2 =
      Set.of(InetAddress.ofLiteral("169.254.169.254"), InetAddress.ofLiteral("fd00:ec2::254"));

  private static final String RULE =
      "must be http://169.254.169.254, http://[fd00:ec2::254], or an address of this machine's"
          + " loopback such as http://127.0.0.1:1338; names are not looked up";

  /**
   * Reads {@code http://ADDRESS[:PORT][/]}.
   *
   * @throws IllegalArgumentException when it is anything else; the message says what it must be
   */
  static MetadataEndpoint parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(RULE, e);
    }
    boolean plain =
        "http".equals(uri.getScheme())
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && uri.getFragment() == null
            && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
            && uri.getPort() != 0
            && uri.getPort() <= 65535;
    if (!plain || !mayAnswer(uri.getHost())) {
      throw new IllegalArgumentException(RULE);
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new MetadataEndpoint(
        URI.create("http://" + uri.getHost().toLowerCase(Locale.ROOT) + port));
  }

  private static boolean mayAnswer(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String literal = bracketed ? host.substring(1, host.length() - 1) : host;
    // ofLiteral also takes forms such as 0x7f.1, which other programs read differently.
    if (!literal.matches(bracketed ? "[0-9a-fA-F:.]+" : "[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      return false;
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
    return address.isLoopbackAddress() || OF_EC2.contains(address);
  }

  URI at(String path) {
    return URI.create(base + path);
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
