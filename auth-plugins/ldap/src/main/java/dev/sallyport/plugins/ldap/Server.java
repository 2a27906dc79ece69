package dev.sallyport.plugins.ldap;

import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One server of the directory. Both ways are encrypted before anything is said: there is no third.
 */
record Server(String host, int port, Tls tls) {
  /** How the connection becomes a TLS one. */
  enum Tls {
    /** From its first byte, {@code ldaps://}. */
    AT_ONCE,
    /** By StartTLS (RFC 4511, section 4.14), without which it is given up, {@code ldap://}. */
    STARTED
  }

  private static final int LDAPS_PORT = 636;
  private static final int LDAP_PORT = 389;

  static Optional<Server> parse(String text, Consumer<String> fault) {
    try {
      URI uri = URI.create(text);
      boolean plain =
          uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null
              && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
      if (plain && "ldaps".equals(uri.getScheme())) {
        return Optional.of(server(uri, LDAPS_PORT, Tls.AT_ONCE));
      }
      if (plain && "ldap".equals(uri.getScheme())) {
        return Optional.of(server(uri, LDAP_PORT, Tls.STARTED));
      }
    } catch (IllegalArgumentException malformed) {
      // Said below.
    }
    fault.accept(
        "\""
            + text
            + "\" must be ldaps://HOST or ldap://HOST, with :PORT or without (ldap:// is encrypted"
            + " too, by StartTLS)");
    return Optional.empty();
  }

  private static Server server(URI uri, int otherwise, Tls tls) {
    String host = uri.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Server(bare, uri.getPort() < 0 ? otherwise : uri.getPort(), tls);
  }

  @Override
  public String toString() {
    String scheme =
        switch (tls) {
          case AT_ONCE -> "ldaps://";
          case STARTED -> "ldap://";
        };
    return scheme + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
