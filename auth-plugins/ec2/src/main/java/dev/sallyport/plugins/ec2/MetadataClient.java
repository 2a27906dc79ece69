package dev.sallyport.plugins.ec2;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the instance metadata service, version 2: a token by PUT, and with it everything else by
 * GET. No redirect is followed and no proxy is used, so nothing goes anywhere but to the endpoint.
 * Safe for all threads; a question waits for each of the answers that it takes: at most {@link
 * #PLACE} until it is asked, and {@link #REQUEST} from then on.
 */
final class MetadataClient implements AutoCloseable {
  /**
   * From a request to the last byte of its answer. The service is on the same host and answers
   * within milliseconds; one that sends a byte a second is as good as none.
   */
  static final Duration REQUEST = Duration.ofSeconds(1);

  /** Requests at a time; many logins at once must not become a flood, which EC2 throttles. */
  static final int AT_ONCE = 8;

  /**
   * How long a request waits for its place among those. As the service answers, hundreds of
   * requests get one meanwhile; as it does not, who waits would wait in vain.
   */
  static final Duration PLACE = Duration.ofMillis(100);

  /** How long a token is good for; EC2 allows six hours. */
  static final Duration TOKEN_LIFE = Duration.ofHours(1);

  /** Largest token; EC2's have 56 characters. */
  private static final int LARGEST_TOKEN = 1024;

  private static final Pattern TOKEN = Pattern.compile("[!-~]{1," + LARGEST_TOKEN + "}");

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final MetadataEndpoint endpoint;
  private final Outage outage = new Outage(System::nanoTime);
  private final Semaphore places = new Semaphore(AT_ONCE, true);
  private @Nullable HttpClient http;
  private boolean closed;
  private volatile @Nullable Token token;

  private record Token(String text, Deadline renew) {}

  MetadataClient(MetadataEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  MetadataEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Gets {@code /latest/PATH}.
   *
   * @param path without a character that a URL gives a meaning to, but for slashes
   * @param largest bytes; a larger answer is none
   * @throws MetadataException when there is no answer, or one that is neither 200 nor 404
   */
  Reply get(String path, int largest, Deadline deadline)
      throws MetadataException, InterruptedException {
    return ask("GET", path, largest, deadline);
  }

  /** As {@link #get}, without the body: what is found is empty. */
  Reply head(String path, Deadline deadline) throws MetadataException, InterruptedException {
    return ask("HEAD", path, 0, deadline);
  }

  private Reply ask(String method, String path, int largest, Deadline deadline)
      throws MetadataException, InterruptedException {
    Token used = token;
    if (used == null || used.renew().isOver()) {
      used = newToken(deadline);
    }
    HttpResponse<byte[]> response = send(request(method, path, used), largest, deadline);
    if (response.statusCode() == UNAUTHORIZED) {
      response = send(request(method, path, newToken(deadline)), largest, deadline);
    }
    return switch (response.statusCode()) {
      case OK -> Reply.Found.of(response.body());
      case NOT_FOUND -> new Reply.Missing();
      default -> throw unexpected(path, response.statusCode());
    };
  }

  private HttpRequest request(String method, String path, Token used) {
    return HttpRequest.newBuilder(endpoint.at("/latest/" + path))
        .method(method, BodyPublishers.noBody())
        .header("X-aws-ec2-metadata-token", used.text())
        .build();
  }

  private Token newToken(Deadline deadline) throws MetadataException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.at("/latest/api/token"))
            .PUT(BodyPublishers.noBody())
            .header("X-aws-ec2-metadata-token-ttl-seconds", "" + TOKEN_LIFE.toSeconds())
            .build();
    HttpResponse<byte[]> response = send(request, LARGEST_TOKEN, deadline);
    if (response.statusCode() != OK) {
      throw unexpected("api/token", response.statusCode());
    }
    String text = Reply.Found.of(response.body()).text();
    if (!TOKEN.matcher(text).matches()) {
      throw new MetadataException("answered with an invalid token");
    }
    Token made = new Token(text, Deadline.in(TOKEN_LIFE.multipliedBy(9).dividedBy(10)));
    token = made;
    return made;
  }

  private static MetadataException unexpected(String path, int status) {
    return new MetadataException("answered with status " + status + " for " + path);
  }

  private HttpResponse<byte[]> send(HttpRequest request, int largest, Deadline deadline)
      throws MetadataException, InterruptedException {
    long asked = System.nanoTime();
    outage.check();
    if (!places.tryAcquire(deadline.left(PLACE).toNanos(), TimeUnit.NANOSECONDS)) {
      throw new MetadataException("is busy with other questions");
    }
    try {
      outage.checkAgain(asked);
      HttpResponse<byte[]> response = exchange(request, largest, deadline);
      outage.end();
      return response;
    } finally {
      places.release();
    }
  }

  private HttpResponse<byte[]> exchange(HttpRequest request, int largest, Deadline deadline)
      throws MetadataException, InterruptedException {
    Duration time = deadline.left(REQUEST);
    CompletableFuture<HttpResponse<byte[]>> answer =
        client().sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), largest));
    try {
      return answer.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      throw failed("did not answer within " + REQUEST.toSeconds() + " s", slow);
    } catch (ExecutionException broken) {
      // Not only IOException: the JDK's client throws what its parsers throw.
      throw failed("cannot be reached, or its answer is broken or too large", broken);
    } finally {
      answer.cancel(true);
    }
  }

  private MetadataException failed(String why, Throwable cause) {
    outage.begin(why);
    return new MetadataException(why, cause);
  }

  /** Made when it is first needed: commands that only read a configuration ask nothing. */
  private synchronized HttpClient client() throws MetadataException {
    if (closed) {
      throw new MetadataException("is asked no more: the plugin is closed");
    }
    HttpClient made = http;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(REQUEST)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .build();
      http = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (http != null) {
      http.shutdownNow();
    }
  }
}
