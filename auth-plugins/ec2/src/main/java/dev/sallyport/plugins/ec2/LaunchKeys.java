package dev.sallyport.plugins.ec2;

import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.reports.Fault;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public keys with which the instance was launched. Kept, and read again behind the back of
 * logins, so that only the first login waits for the service. Safe for all threads.
 */
final class LaunchKeys {
  /** From one reading to the next. */
  static final Duration FRESH = Duration.ofMinutes(5);

  /** How long they let in while the service does not answer. */
  static final Duration KEPT = Duration.ofHours(1);

  /** How long a login waits for them when none are kept. */
  static final Duration WAIT = Duration.ofSeconds(2);

  /** Most keys; EC2 gives an instance one. */
  private static final int MOST = 10;

  /** Largest list, and largest key. */
  private static final int LARGEST = 16 * 1024;

  private static final Pattern ENTRY = Pattern.compile("([0-9]{1,3})=[!-~][ -~]{0,254}");

  private final MetadataClient metadata;
  private final Consumer<String> problems;
  private final LongSupplier nanoTime;
  private final KeyLineParser parser = new KeyLineParser(KeyOwner.ONE_USER, ZoneId.systemDefault());
  private @Nullable Kept kept;
  private @Nullable CompletableFuture<KeyList> reading;

  private record Kept(KeyList keys, long at) {}

  LaunchKeys(MetadataClient metadata, Consumer<String> problems, LongSupplier nanoTime) {
    this.metadata = metadata;
    this.problems = problems;
    this.nanoTime = nanoTime;
  }

  /**
   * The keys, at most {@link #KEPT} old.
   *
   * @throws MetadataException when none are kept and the service does not give any
   */
  KeyList current() throws MetadataException, InterruptedException {
    CompletableFuture<KeyList> awaited;
    synchronized (this) {
      Kept now = kept;
      long age = now == null ? 0 : nanoTime.getAsLong() - now.at();
      if (now != null && age < FRESH.toNanos()) {
        return now.keys();
      }
      awaited = read();
      if (now != null && age < KEPT.toNanos()) {
        return now.keys();
      }
    }
    try {
      return awaited.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      throw new MetadataException("did not give the launch key in time", slow);
    } catch (ExecutionException failed) {
      throw MetadataException.of(failed);
    }
  }

  /** One reading at a time; whoever needs the keys meanwhile has the same one. */
  private CompletableFuture<KeyList> read() {
    CompletableFuture<KeyList> running = reading;
    if (running != null && !running.isDone()) {
      return running;
    }
    CompletableFuture<KeyList> started = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("ec2-launch-keys")
        .start(() -> {
          try {
            KeyList keys = fetch();
            synchronized (this) {
              kept = new Kept(keys, nanoTime.getAsLong());
            }
            keys.faults().stream().map(Fault::what).forEach(problems);
            started.complete(keys);
          } catch (MetadataException | InterruptedException | RuntimeException | Error e) {
            problems.accept(e.getMessage() + "; the launch key lets in as long as it is kept");
            started.completeExceptionally(e);
          }
        });
    // Not before: where no thread is granted, the next one who asks tries again.
    reading = started;
    return started;
  }

  private KeyList fetch() throws MetadataException, InterruptedException {
    Deadline deadline = Deadline.in(WAIT);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    if (metadata.get("meta-data/public-keys/", LARGEST, deadline) instanceof Reply.Found list) {
      for (String entry : list.lines().stream().limit(MOST).toList()) {
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
          throw new MetadataException("answered with an invalid list of public keys");
        }
        String path = "meta-data/public-keys/" + matcher.group(1) + "/openssh-key";
        if (metadata.get(path, LARGEST, deadline) instanceof Reply.Found key) {
          lines.writeBytes(key.bytes());
          lines.write('\n');
        }
      }
    }
    return KeyList.parse("the launch key", KeyOwner.ONE_USER, lines.toByteArray(), parser);
  }
}
