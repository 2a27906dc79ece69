package dev.sallyport.plugins.ec2;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The instance metadata service, version 2, on loopback: nothing without a token that it gave, and
 * no token without a time to live of 1 s to 6 hours.
 */
public final class FakeMetadata implements AutoCloseable {
  private static final int LONGEST_LIFE = 21_600;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final Map<String, byte[]> values = new ConcurrentHashMap<>();
  private final Map<String, Boolean> tokens = new ConcurrentHashMap<>();
  private final Map<String, Later> later = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private record Later(String value, AtomicInteger questions) {}

  public FakeMetadata() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
    put("meta-data/instance-id", FakeAuthority.INSTANCE);
    put("meta-data/placement/availability-zone", "eu-central-1b");
    put("meta-data/services/domain", "amazonaws.com");
  }

  /** What the setting {@code endpoint} must say. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Puts something below {@code /latest/}. */
  public FakeMetadata put(String path, String value) {
    values.put(path, value.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Puts something that is missing for so many questions first. */
  FakeMetadata putLater(String path, String value, int questions) {
    later.put(path, new Later(value, new AtomicInteger(questions)));
    return this;
  }

  public FakeMetadata remove(String path) {
    values.remove(path);
    return this;
  }

  /** The instance was launched with this key. */
  public FakeMetadata launchedWith(String keyLine) {
    return put("meta-data/public-keys/", "0=my-key")
        .put("meta-data/public-keys/0/openssh-key", keyLine + "\n");
  }

  /** An authority's certificates and staples, and keys for a user that it signed. */
  public FakeMetadata signedBy(FakeAuthority authority) {
    values.keySet().removeIf(path -> path.startsWith("meta-data/managed-ssh-keys/signer-"));
    put("meta-data/managed-ssh-keys/signer-cert/", authority.chain());
    put("meta-data/managed-ssh-keys/signer-ocsp/", String.join("\n", authority.staples().keySet()));
    authority
        .staples()
        .forEach((name, staple) -> put("meta-data/managed-ssh-keys/signer-ocsp/" + name, staple));
    return this;
  }

  public FakeMetadata active(String user, String... blocks) {
    return put("meta-data/managed-ssh-keys/active-keys/" + user + "/", String.join("\n", blocks));
  }

  public FakeMetadata inactive(String user) {
    return remove("meta-data/managed-ssh-keys/active-keys/" + user + "/");
  }

  /** Forgets the tokens it gave, as after a restart. */
  public void forgetTokens() {
    tokens.clear();
  }

  /** Each request so far, such as {@code GET meta-data/instance-id}. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String raw = exchange.getRequestURI().getRawPath();
      String path = exchange.getRequestURI().getPath().replaceFirst("^/latest/", "");
      asked.add(exchange.getRequestMethod() + " " + raw.replaceFirst("^/latest/", ""));
      switch (exchange.getRequestMethod()) {
        case "PUT" -> giveToken(exchange, path);
        case "GET", "HEAD" -> giveValue(exchange, path);
        default -> exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  private void giveToken(HttpExchange exchange, String path) throws IOException {
    String life = exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token-ttl-seconds");
    boolean proper =
        path.equals("api/token")
            && life != null
            && life.matches("[0-9]{1,5}")
            && Integer.parseInt(life) >= 1
            && Integer.parseInt(life) <= LONGEST_LIFE
            && !exchange.getRequestHeaders().containsKey("X-Forwarded-For");
    if (!proper) {
      exchange.sendResponseHeaders(400, -1);
      return;
    }
    String token = UUID.randomUUID().toString();
    tokens.put(token, true);
    send(exchange, token.getBytes(StandardCharsets.US_ASCII));
  }

  private void giveValue(HttpExchange exchange, String path) throws IOException {
    String token = exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token");
    if (token == null || !tokens.containsKey(token)) {
      exchange.sendResponseHeaders(401, -1);
      return;
    }
    later.computeIfPresent(
        path,
        (_, one) -> {
          if (one.questions().getAndDecrement() > 0) {
            return one;
          }
          put(path, one.value());
          return null;
        });
    byte[] value = values.get(path);
    if (value == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    send(exchange, value);
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + body.length);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
