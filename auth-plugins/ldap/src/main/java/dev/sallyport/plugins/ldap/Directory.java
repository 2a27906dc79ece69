package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.plugins.asking.NoAnswerException;
import dev.sallyport.plugins.asking.Source;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.Fault;
import dev.sallyport.support.reports.FaultLog;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Asks the directory, over connections that are kept between questions: at most one for each thread
 * that asks. A connection that fails is given up, and the question goes to the next server.
 *
 * <p>The directory is down when no connection can be made, or nothing comes over it in time. All
 * else is of the one question, which strangers choose: an entry that is too large ends a connection
 * too, and says nothing about the other entries.
 */
final class Directory implements Source<Question, Verdict>, AutoCloseable {
  private static final String WHAT_FOLLOWS =
      "; until it answers, only users that it accepted a short while ago can log in";

  /** What no other server would say otherwise. */
  private static final Set<ResultCode> OF_THE_QUESTION =
      Set.of(
          ResultCode.SIZE_LIMIT_EXCEEDED,
          ResultCode.TIME_LIMIT_EXCEEDED,
          ResultCode.ADMIN_LIMIT_EXCEEDED);

  private final Connector connector;
  private final People people;
  private final FaultLog faults;
  private final Deque<Link> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /**
   * @param faults hears of it when the directory is down
   */
  Directory(Connector connector, People people, FaultLog faults) {
    this.connector = connector;
    this.people = people;
    this.faults = faults;
  }

  /** What is asked over one connection. */
  @FunctionalInterface
  private interface Search<T> {
    /** Asks. */
    T over(LDAPConnection connection) throws LDAPException, NoAnswerException;
  }

  @Override
  public Verdict ask(Question question) throws CannotTellException, NoAnswerException {
    return ask(connection -> people.verdict(connection, question));
  }

  /** What the directory has of a user, for operators; nothing of it is remembered. */
  List<Known> known(UserName user) throws CannotTellException, NoAnswerException {
    return ask(connection -> people.known(connection, user));
  }

  private <T> T ask(Search<T> question) throws CannotTellException, NoAnswerException {
    Optional<Link> kept = kept();
    if (kept.isPresent()) {
      try {
        return ask(kept.get(), question);
      } catch (LDAPException unnoticed) {
        // It may have ended long ago: a new one tells.
      }
    }
    String why = "";
    Optional<String> answer = Optional.empty();
    for (int left = connector.servers(); left > 0; left--) {
      Link fresh = connect();
      try {
        return ask(fresh, question);
      } catch (LDAPException e) {
        why = fresh.server() + " " + Failure.of(e);
        if (!e.getResultCode().equals(ResultCode.TIMEOUT)) {
          answer = Optional.of(why);
        }
      }
    }
    if (answer.isPresent()) {
      throw new NoAnswerException(answer.get() + " when it is asked for this user");
    }
    throw down(why);
  }

  /**
   * @throws LDAPException when the connection failed; it is closed
   */
  private <T> T ask(Link link, Search<T> question) throws LDAPException, NoAnswerException {
    try {
      T answer = question.over(link.connection());
      faults.settle("directory", List.of());
      giveBack(link);
      return answer;
    } catch (NoAnswerException e) {
      giveBack(link);
      throw e;
    } catch (LDAPException e) {
      if (e.getResultCode().isConnectionUsable()
          && (connector.servers() == 1 || OF_THE_QUESTION.contains(e.getResultCode()))) {
        giveBack(link);
        throw new NoAnswerException(link.server() + " " + Failure.of(e));
      }
      // An empty replica, or one that imports: another server may answer.
      link.connection().closeWithoutUnbind();
      connector.avoid(link.server(), e);
      throw e;
    } catch (RuntimeException | Error bug) {
      link.connection().closeWithoutUnbind();
      throw bug;
    }
  }

  private Link connect() throws CannotTellException {
    try {
      return connector.connect();
    } catch (UnreadyException e) {
      throw down(String.valueOf(e.getMessage()));
    }
  }

  private CannotTellException down(String why) {
    faults.settle("directory", List.of(new Fault("directory", why + WHAT_FOLLOWS)));
    return new CannotTellException("the directory cannot be asked: " + why);
  }

  private Optional<Link> kept() {
    for (Link link = idle.pollFirst(); link != null; link = idle.pollFirst()) {
      if (link.isGood()) {
        return Optional.of(link);
      }
      link.connection().close();
    }
    return Optional.empty();
  }

  private void giveBack(Link link) {
    idle.addFirst(link);
    if (closed) {
      close();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Link link = idle.pollFirst(); link != null; link = idle.pollFirst()) {
      link.connection().close();
    }
  }
}
