package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.plugins.asking.NoAnswerException;
import dev.sallyport.plugins.asking.Source;
import dev.sallyport.plugins.openssh.Fault;
import dev.sallyport.plugins.openssh.FaultLog;
import dev.sallyport.spi.Verdict;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Asks the directory, over connections that are kept between questions: at most one for each thread
 * that asks. A connection that fails is given up, and the question goes to the next server.
 */
final class Directory implements Source<Question, Verdict>, AutoCloseable {
  /**
   * Oldest connection that is used again. A new one looks anew at the certificate and the password,
   * and firewalls drop those that were idle.
   */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  private static final String WHAT_FOLLOWS =
      "; until it answers, only users log in whom it let in a short while ago";

  private final Connector connector;
  private final People people;
  private final FaultLog faults;
  private final Deque<Kept> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private record Kept(LDAPConnection connection, long since) {
    boolean isGood() {
      return connection.isConnected() && System.nanoTime() - since < OLDEST.toNanos();
    }
  }

  Directory(Connector connector, People people, FaultLog faults) {
    this.connector = connector;
    this.people = people;
    this.faults = faults;
  }

  @Override
  public Verdict ask(Question question) throws CannotTellException, NoAnswerException {
    String why = "";
    // Once over each server, and once more because a kept connection may have ended unnoticed.
    for (int left = connector.servers(); left >= 0; left--) {
      Kept used;
      try {
        used = borrow();
      } catch (UnreadyException e) {
        throw down(String.valueOf(e.getMessage()));
      }
      try {
        Verdict verdict = people.verdict(used.connection(), question);
        faults.settle("directory", List.of());
        giveBack(used);
        return verdict;
      } catch (NoAnswerException e) {
        giveBack(used);
        throw e;
      } catch (LDAPException e) {
        LDAPConnection failed = used.connection();
        String server = failed.getConnectedAddress() + ":" + failed.getConnectedPort();
        why = server + " " + Failure.of(e);
        connector.avoid(String.valueOf(failed.getConnectedAddress()), failed.getConnectedPort());
        failed.closeWithoutUnbind();
        if (e.getResultCode().isConnectionUsable()) {
          throw down(why);
        }
      } catch (RuntimeException | Error bug) {
        used.connection().closeWithoutUnbind();
        throw bug;
      }
    }
    throw down(why);
  }

  private CannotTellException down(String why) {
    faults.settle("directory", List.of(new Fault("directory", why + WHAT_FOLLOWS)));
    return new CannotTellException("the directory cannot be asked: " + why);
  }

  private Kept borrow() throws UnreadyException {
    while (true) {
      Kept kept = idle.pollFirst();
      if (kept == null) {
        long since = System.nanoTime();
        return new Kept(connector.connect(), since);
      }
      if (kept.isGood()) {
        return kept;
      }
      kept.connection().close();
    }
  }

  private void giveBack(Kept kept) {
    idle.addFirst(kept);
    if (closed) {
      close();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Kept kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
      kept.connection().close();
    }
  }
}
