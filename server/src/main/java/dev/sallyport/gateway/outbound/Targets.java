package dev.sallyport.gateway.outbound;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.ConnectionMemory;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.transport.SocketWire;
import dev.sallyport.transport.WireService;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.common.SshException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the bastion's own SSH connections to targets. For all threads. */
public final class Targets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Most connections for one login to a target that sheds them. */
  static final int MOST_TRIES = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private final KnownHosts knownHosts;
  private final Path stateDir;
  private volatile Trust trust;
  private final AuditLog audit;
  private final TargetTimes times;
  private final PublicKeyWork computing;
  private final ClientFactoryManager manager = TargetSessions.manager();
  private final Set<TargetSession> live = ConcurrentHashMap.newKeySet();

  /** The settings and credentials that a reload replaces. */
  private record Trust(TargetSettings settings, Map<String, Credential> credentials) {}

  /** New settings whose files have been read, so that applying them cannot fail. */
  public final class Prepared {
    private final Trust other;
    private final KnownHosts.Prepared files;

    private Prepared(Trust other, KnownHosts.Prepared files) {
      this.other = other;
      this.files = files;
    }

    /** Applies the settings to logins that begin later. Existing connections stay. */
    public void apply() {
      knownHosts.apply(files);
      trust = other;
    }
  }

  /**
   * Reads and checks all key files, and makes the user CA's key at the first start if a credential
   * needs it.
   *
   * @param credentials by name
   * @param computing where key exchanges and signatures are computed
   * @throws IOException when one is wrong; the message says which and what to do
   */
  public Targets(
      TargetSettings settings,
      Map<String, CredentialSource> credentials,
      Path stateDir,
      AuditLog audit,
      PublicKeyWork computing)
      throws IOException {
    this(settings, credentials, stateDir, audit, computing, TargetTimes.DEFAULT);
  }

  Targets(
      TargetSettings settings,
      Map<String, CredentialSource> credentials,
      Path stateDir,
      AuditLog audit,
      PublicKeyWork computing,
      TargetTimes times)
      throws IOException {
    this.computing = computing;
    this.trust = new Trust(settings, Credential.load(credentials, stateDir));
    this.stateDir = stateDir;
    this.knownHosts = new KnownHosts(settings, stateDir, audit);
    this.audit = audit;
    this.times = times;
  }

  /**
   * Reads and checks all key files of new settings. Nothing changes until they are applied.
   *
   * @throws IOException when one is wrong; the message says which and what to do
   */
  public Prepared prepare(TargetSettings settings, Map<String, CredentialSource> credentials)
      throws IOException {
    return new Prepared(
        new Trust(settings, Credential.load(credentials, stateDir)), KnownHosts.prepare(settings));
  }

  /**
   * Reads a credential's files as a start does, and makes nothing.
   *
   * @throws IOException when one is wrong; the message says which and what to do
   */
  public static void checkCredential(String name, CredentialSource source, Path stateDir)
      throws IOException {
    Credential.check(name, source, stateDir);
  }

  /**
   * Reads the files of known hosts as a start does.
   *
   * @throws IOException when one is wrong; the message says which and what to do
   */
  public static void checkKnownHosts(TargetSettings settings, Path stateDir) throws IOException {
    List<KnownHostsLine> _ = KnownHostsFile.remembered(stateDir).read();
    KnownHosts.Prepared _ = KnownHosts.prepare(settings);
  }

  /** Whether the credential of these terms is the client's agent. */
  public boolean needsAgent(Terms.Session terms) {
    return trust.credentials().get(terms.credential()) instanceof Credential.Forwarded;
  }

  /**
   * Logs in to a target. Connects again when the target closes a connection before its
   * identification (sshd_config(5), {@code MaxStartups}). Waits; called on a virtual thread, which
   * may be interrupted.
   *
   * @param connected the dialled socket, blocking; it belongs to the connection from now on, and is
   *     closed when this fails
   * @param redial makes the further connections
   * @param within how long after the first attempt the last one may begin
   * @throws TargetException with a sentence for the user
   */
  public TargetConnection logIn(
      SocketChannel connected, Redial redial, Duration within, TargetLogin login)
      throws TargetException, InterruptedException {
    long begin = System.nanoTime();
    SocketChannel socket = connected;
    for (int tries = 1; ; tries++) {
      try {
        return logIn(socket, login);
      } catch (ShedException e) {
        Duration pause = pauseAfter(tries);
        Duration passed = Duration.ofNanos(System.nanoTime() - begin);
        if (!e.mayPass() || tries == MOST_TRIES || passed.plus(pause).compareTo(within) > 0) {
          throw e.after(tries, passed);
        }
        Thread.sleep(pause);
        socket = redial.dial();
      }
    }
  }

  /**
   * Doubles each time, with a random part, so that logins that were shed at the same time return at
   * different times.
   */
  private static Duration pauseAfter(int tries) {
    long most = FIRST_PAUSE.toMillis() << (tries - 1);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  /** One attempt over this socket; takes half a minute at most. */
  TargetConnection logIn(SocketChannel connected, TargetLogin login)
      throws TargetException, InterruptedException {
    boolean done = false;
    try (LoginAttempt attempt = attempt(connected, login)) {
      TargetSession session = logIn(connected, attempt);
      done = true;
      Thread.ofVirtual().name("watch-target").start(() -> watch(session));
      return new TargetConnection(session, login.session().target().shown(), login.banner());
    } catch (IOException e) {
      throw new TargetException(
          "the connection broke before it was ready: "
              + SafeText.escape(String.valueOf(e.getMessage()), 200),
          e);
    } finally {
      if (!done) {
        close(connected);
      }
    }
  }

  private LoginAttempt attempt(SocketChannel connected, TargetLogin login)
      throws TargetException, IOException {
    String name = login.terms().credential();
    Trust now = trust;
    Credential credential = now.credentials().get(name);
    if (credential == null) {
      throw new TargetException(
          "there is no credential "
              + SafeText.escape(name, 64)
              + "; contact the bastion's operator");
    }
    InetSocketAddress local = (InetSocketAddress) connected.getLocalAddress();
    return new LoginAttempt(
        login, credential, knownHosts, now.settings().unknownHosts(), audit, local.getAddress());
  }

  private TargetSession logIn(SocketChannel connected, LoginAttempt attempt)
      throws TargetException, InterruptedException, IOException {
    MemoryHold memory = attempt.memory();
    if (!memory.add(ConnectionMemory.IDLE)) {
      throw new TargetException(memory.share().refusal());
    }
    boolean done = false;
    try {
      TargetSession session = open(connected, attempt);
      done = true;
      return session;
    } finally {
      if (!done) {
        memory.close();
      }
    }
  }

  private TargetSession open(SocketChannel connected, LoginAttempt attempt)
      throws TargetException, InterruptedException, IOException {
    TargetSessions sessions = new TargetSessions(manager, attempt, computing);
    try {
      WireSession wire = wire(sessions, connected, attempt);
      TargetSession session = sessions.made().get();
      // A connection that has ended already is handled below, with its reason.
      if (!session.memory().mayHaveChannels() && !session.isClosing()) {
        throw new TargetException(attempt.memory().share().refusal());
      }
      wire.promote(session.memory());
      boolean done = false;
      live.add(session);
      try {
        session.logIn(times.login());
        done = true;
      } finally {
        if (!done) {
          // The socket first, which wakes its readers and writers.
          close(connected);
          session.close(true);
          live.remove(session);
        }
      }
      return session;
    } catch (TargetException | InterruptedException | IOException e) {
      throw e;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static WireSession wire(
      TargetSessions sessions, SocketChannel connected, LoginAttempt attempt) throws Exception {
    try {
      return new WireService(sessions, "target").open(new SocketWire(connected));
    } catch (SshException e) {
      throw e;
    } catch (IOException e) {
      // The library sends our identification at once, and fails when the target has closed its end
      // already.
      throw new ShedException(attempt.address(), "");
    }
  }

  private void watch(TargetSession session) {
    try {
      session.watch(times);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      live.remove(session);
    }
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.trace("closing failed, which leaves nothing open", e);
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    live.forEach(session -> session.end("the bastion stops"));
  }
}
