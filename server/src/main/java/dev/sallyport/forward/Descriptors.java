package dev.sallyport.forward;

import dev.sallyport.model.FairShares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file descriptors that users can make the process hold, and each user's share of them: sockets
 * to targets, and files of recordings. A process without a free descriptor cannot accept clients or
 * record sessions, so some are kept for that, and no user can take all of the others ({@link
 * FairShares}). Safe for all threads; never waits.
 */
public final class Descriptors {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  /** The files of a recorded session: its streams, its manifest and its marker. */
  public static final int OF_A_RECORDING = 6;

  /**
   * One part in this many is kept for the clients' own connections and for the server's files: the
   * libraries, the log, and the files of plugins.
   */
  static final int KEPT = 4;

  /** The kernel's default limit (getrlimit(2)). */
  private static final int USUAL = 1024;

  private final FairShares shares;

  /**
   * @param limit the process's limit of open files
   */
  public Descriptors(int limit) {
    this.shares = new FairShares(limit - limit / KEPT);
  }

  /** With this process's limit of open files ({@code ulimit -n}). */
  public static Descriptors ofProcess() {
    try {
      return new Descriptors(limit(Files.readString(Path.of("/proc/self/limits"))));
    } catch (IOException e) {
      LOG.warn("the limit of open files cannot be read, and is taken to be {}", USUAL, e);
      return new Descriptors(USUAL);
    }
  }

  /** Reads the soft limit from proc_pid_limits(5), which the JVM has raised to the hard limit. */
  static int limit(String limits) {
    Matcher line = Pattern.compile("(?m)^Max open files +([0-9]+|unlimited) ").matcher(limits);
    if (!line.find()) {
      return USUAL;
    }
    return line.group(1).equals("unlimited")
        ? Integer.MAX_VALUE
        : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(line.group(1)));
  }

  /**
   * Takes descriptors for a user, before anything is opened.
   *
   * @return a lease, which the caller closes with what it has opened; empty when the user's share
   *     is used up
   */
  public Optional<Lease> take(String user, int count) {
    return shares.take(user, count) ? Optional.of(new Lease(user, count)) : Optional.empty();
  }

  /** Why the user's share is used up: a sentence for the user, without a full stop. */
  public String refusal(String user) {
    return "what you have open holds %d of the bastion's file descriptors, and your share is %d at the moment: close some of it, or try again later"
        .formatted(shares.held(user), shares.share(user));
  }

  int used() {
    return shares.used();
  }

  /** Descriptors that were taken. Safe for all threads. */
  public final class Lease implements AutoCloseable {
    private final String user;
    private int count;

    private Lease(String user, int count) {
      this.user = user;
      this.count = count;
    }

    /** Keeps that many, and gives back the rest. */
    public synchronized void keep(int fewer) {
      if (fewer < count) {
        shares.give(user, count - fewer);
        count = fewer;
      }
    }

    /** Gives back all. Calls after the first have no effect. */
    @Override
    public void close() {
      keep(0);
    }
  }
}
