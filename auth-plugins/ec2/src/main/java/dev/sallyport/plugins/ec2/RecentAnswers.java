package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.UserName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One question at a time for each user, whose answer is everybody's who asks meanwhile. An answer
 * that has the key counts for a moment longer, because a client asks with a signature after it
 * asked without (RFC 4252, section 7); so does a failure. That there is no such key is never
 * remembered: it may have been sent since, and asking takes a millisecond. That, and that the
 * outage of the service is one for all that is asked of it, sets it apart from the module {@code
 * asking}. Safe for all threads.
 */
final class RecentAnswers {
  /** How long an answer counts after it came. */
  static final Duration FRESH = Duration.ofMillis(300);

  /** A fetch keeps to its time, but for what verifying takes. */
  private static final Duration LONGEST = InstanceConnect.FETCH.multipliedBy(2);

  /** Most users whose answers are remembered; strangers can ask for any name. */
  private static final int MOST = 1_000;

  private final InstanceConnect source;
  private final Map<UserName, Answer> answers =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UserName, Answer> eldest) {
          return size() > MOST;
        }
      };

  private static final class Answer {
    private final CompletableFuture<List<ConnectKey>> keys = new CompletableFuture<>();
    private volatile Deadline until = Deadline.in(LONGEST);

    /** Whether it answers a question for a key that is asked now. */
    boolean answers(OfferedKey key) {
      return switch (keys.state()) {
        case RUNNING, FAILED, CANCELLED -> !until.isOver();
        case SUCCESS -> !until.isOver() && keys.resultNow().stream().anyMatch(one -> one.isOf(key));
      };
    }
  }

  RecentAnswers(InstanceConnect source) {
    this.source = source;
  }

  /** The user's keys, as {@link InstanceConnect#keys} gives them; the key is looked for. */
  List<ConnectKey> keys(UserName user, OfferedKey key)
      throws MetadataException, InterruptedException {
    Answer answer = answer(user, key);
    try {
      return answer.keys.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      throw new MetadataException("did not give a user's keys in time", slow);
    } catch (ExecutionException failed) {
      throw MetadataException.of(failed);
    }
  }

  /** The user's keys, whichever a client may offer; asked for anew. */
  List<ConnectKey> keys(UserName user) throws MetadataException, InterruptedException {
    return source.keys(user);
  }

  private Answer answer(UserName user, OfferedKey key) {
    synchronized (answers) {
      Answer recent = answers.get(user);
      if (recent != null && recent.answers(key)) {
        return recent;
      }
      Answer answer = new Answer();
      answers.put(user, answer);
      Thread.ofVirtual().name("ec2-instance-connect").start(() -> fetch(user, answer));
      return answer;
    }
  }

  private void fetch(UserName user, Answer answer) {
    try {
      List<ConnectKey> keys = source.keys(user);
      answer.until = Deadline.in(FRESH);
      answer.keys.complete(keys);
    } catch (MetadataException | InterruptedException | RuntimeException e) {
      answer.until = Deadline.in(FRESH);
      answer.keys.completeExceptionally(e);
    }
  }
}
