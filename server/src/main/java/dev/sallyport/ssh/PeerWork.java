package dev.sallyport.ssh;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The computations with public keys that one connection causes. The thread that reads the
 * connection waits for each of them, so there is one at a time. Those that the peer causes too
 * often wait longer.
 */
public final class PeerWork {
  /** How often a waiting computation checks whether its peer has left. */
  private static final long LOOK_NANOS = 100_000_000;

  /** Longest wait for rekeying. A peer that would have to wait longer is rekeying without end. */
  private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

  /**
   * Rekeying is free after this many bytes of traffic, which cost as much as an exchange
   * (ssh_config(5), RekeyLimit).
   */
  static final long FREE_BYTES = 4 * 1024 * 1024;

  private final PublicKeyWork work;
  private final Session session;
  private final Supplier<Party> party;
  private final BooleanSupplier peerHasLeft;
  private final LongSupplier traffic;
  private final KeyExchangeRate own = KeyExchangeRates.ofConnection(System.nanoTime());
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile PublicKeyWork.@Nullable Job<?> job;

  /** The traffic when the peer last rekeyed. */
  private long carried;

  /**
   * For a new connection.
   *
   * @param session for which the computations send packets
   * @param party the party that causes them; called for each
   * @param peerHasLeft called on the reading thread while a computation waits; never waits
   * @param traffic bytes that the connection has carried so far, in both directions
   */
  public PeerWork(
      PublicKeyWork work,
      Session session,
      Supplier<Party> party,
      BooleanSupplier peerHasLeft,
      LongSupplier traffic) {
    this.work = work;
    this.session = session;
    this.party = party;
    this.peerHasLeft = peerHasLeft;
    this.traffic = traffic;
  }

  /**
   * Computes on another thread, in this party's turn, and waits for the result. Packets of the
   * computation are then sent on the calling thread.
   *
   * @throws SshException when too many computations wait, or the connection ends meanwhile
   * @throws Exception what the computation throws
   */
  public <T> T compute(Callable<T> task) throws Exception {
    return compute(party.get(), task);
  }

  /**
   * As {@link #compute(Callable)}, for another party.
   *
   * @throws Exception as there
   */
  public <T> T compute(Party payer, Callable<T> task) throws Exception {
    if (peerHasLeft.getAsBoolean()) {
      throw over();
    }
    PublicKeyWork.Job<T> mine = work.submit(payer, task);
    job = mine;
    PublicKeyWork.Done<T> done;
    try {
      if (isOver()) {
        throw over();
      }
      done = await(mine);
    } finally {
      work.withdraw(mine);
      job = null;
    }
    for (Buffer packet : done.packets()) {
      session.writePacket(packet);
    }
    return done.value();
  }

  private <T> PublicKeyWork.Done<T> await(PublicKeyWork.Job<T> mine) throws Exception {
    while (true) {
      try {
        return mine.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (peerHasLeft.getAsBoolean()) {
          throw over();
        }
      } catch (CancellationException e) {
        throw over();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case Exception cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw e;
        }
      }
    }
  }

  /**
   * Waits until the peer may rekey. It need not wait after enough traffic.
   *
   * @throws SshException as {@link #awaitRate} does
   */
  public void awaitNewKeys() throws IOException, InterruptedException {
    long now = traffic.getAsLong();
    long since = now - carried;
    carried = now;
    if (since < FREE_BYTES) {
      awaitRate();
    }
  }

  /**
   * Waits until the peer may cause another signature.
   *
   * @throws SshException when its connections have caused too many, or this one ends meanwhile
   */
  public void awaitRate() throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<KeyExchangeRate> rates = rates(now);
    boolean used = false;
    try {
      long wait = rates.stream().mapToLong(rate -> rate.take(now)).max().orElse(0);
      if (wait > LONGEST_WAIT_NANOS) {
        throw new SshException(
            SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "new keys were asked for too often");
      }
      if (wait > 0 && ended.await(wait, TimeUnit.NANOSECONDS)) {
        throw over();
      }
      used = true;
    } finally {
      if (!used) {
        rates.forEach(KeyExchangeRate::giveBack);
      }
    }
  }

  /** The rates of this connection and, after a login, of its user. */
  private List<KeyExchangeRate> rates(long now) {
    return switch (party.get()) {
      case Party.User(String user) -> List.of(own, work.rates().ofUser(user, now));
      case Party.Unauthenticated client -> List.of(own);
    };
  }

  /** The connection ends: cancels a waiting computation. Any thread; never waits. */
  public void end() {
    ended.countDown();
    PublicKeyWork.Job<?> current = job;
    if (current != null) {
      work.withdraw(current);
    }
  }

  private boolean isOver() {
    return ended.getCount() == 0;
  }

  private static SshException over() {
    return new SshException("the connection ended before its keys were exchanged");
  }
}
