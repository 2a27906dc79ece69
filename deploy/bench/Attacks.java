import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Does to a bastion what its unauthenticated clients, users and targets can do, all at once and
 * without end: until its parent ends it. Prints every few seconds how often each attack got as far
 * as it gets. A bastion that hangs up on an attack sees it begin anew.
 */
final class Attacks {
  private static final Duration REPORT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Between two beginnings of one attack: what is refused at once must not become a busy loop. */
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** Below the number of pending connections from which on others are turned away at random. */
  private static final int PENDING = 30;

  private static final int EXCHANGES_A_SECOND = 12;

  private final InetSocketAddress bastion;
  private final List<KeyPair> keys;
  private final List<String> users;
  private final HostileTarget target = new HostileTarget();
  private final SshClient library = library();
  private final Map<String, LongAdder> counts = new TreeMap<>();
  private final Map<String, String> faults = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();

  private Attacks(int port, Path key, List<String> users)
      throws IOException, GeneralSecurityException {
    this.bastion = new InetSocketAddress("127.0.0.1", port);
    this.users = users;
    List<KeyPair> loaded = new ArrayList<>();
    try (InputStream file = Files.newInputStream(key)) {
      SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(key.toString()), file, FilePasswordProvider.EMPTY)
          .forEach(loaded::add);
    }
    this.keys = loaded;
  }

  /** One round of an attack. */
  @FunctionalInterface
  private interface Round {
    /**
     * Attacks until the bastion has had enough, or the round is over.
     *
     * @param count of what got as far as it gets
     */
    void run(LongAdder count) throws Exception;
  }

  /** The arguments are the bastion's port, the file of a key, and the users that it logs in as. */
  public static void main(String[] words) throws Exception {
    new Attacks(
            Integer.parseInt(words[0]), Path.of(words[1]), List.of(words).subList(2, words.length))
        .run();
  }

  private void run() throws InterruptedException {
    String mallory = users.get(0);
    String trudy = users.get(1);
    String oscar = users.get(2);
    String peggy = users.get(3);
    trickle();
    repeat("half-done logins", 4, this::halfDoneLogin);
    repeat("rekeys", 3, count -> rekey(mallory, count));
    repeat("opens and closes", 1, count -> openAndClose(mallory, count));
    repeat("refused forwards", 1, count -> askInVain(trudy, count));
    repeat("idle channels", 2, count -> fillIdleChannels(trudy, count));
    repeat("deaf targets", 1, count -> sendToDeaf(trudy, count));
    repeat("slow readers", 2, count -> readNothing(oscar, count));
    repeat("endless output", 2, count -> recorded(oscar, "print", count));
    // As another user: oscar soon has recorded all that one may in a day.
    repeat("rekeying targets", 1, count -> recorded(peggy, "rekey", count));
    repeat("sftp holes", 1, count -> leaveHoles(peggy, count));
    while (true) {
      TimeUnit.NANOSECONDS.sleep(REPORT.toNanos());
      System.out.println(
          counts.entrySet().stream()
              .map(entry -> shown(entry.getKey(), entry.getValue().sum()))
              .collect(Collectors.joining(", ")));
    }
  }

  /** With why there was none, if so. */
  private String shown(String name, long count) {
    return name + " " + (count == 0 ? "0 (" + faults.get(name) + ")" : count);
  }

  private void repeat(String name, int times, Round round) {
    LongAdder count = counts.computeIfAbsent(name, any -> new LongAdder());
    for (int i = 0; i < times; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                while (true) {
                  try {
                    round.run(count);
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                  } catch (InterruptedException e) {
                    return;
                  } catch (Exception hungUpOn) {
                    faults.put(name, hungUpOn.toString().replaceAll("[,\\s]+", " "));
                    LockSupport.parkNanos(PAUSE.toNanos());
                  }
                }
              }));
    }
  }

  // ---- the library ----

  private static SshClient library() {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    // The cheapest for who attacks.
    client.setKeyExchangeFactories(
        List.of(ClientBuilder.DH2KEX.apply(BuiltinDHFactories.curve25519)));
    client.start();
    return client;
  }

  private ClientSession connect(String user, InetSocketAddress server) throws IOException {
    return library.connect(user, server).verify(PATIENCE).getSession();
  }

  private ClientSession login(String user, InetSocketAddress server) throws IOException {
    ClientSession session = connect(user, server);
    try {
      keys.forEach(session::addPublicKeyIdentity);
      session.auth().verify(PATIENCE);
      return session;
    } catch (IOException e) {
      session.close(true);
      throw e;
    }
  }

  private static SshdSocketAddress address(InetSocketAddress address) {
    return new SshdSocketAddress(address.getAddress().getHostAddress(), address.getPort());
  }

  private static ChannelDirectTcpip forward(ClientSession session, InetSocketAddress to)
      throws IOException {
    return session.createDirectTcpipChannel(new SshdSocketAddress("127.0.0.1", 1), address(to));
  }

  // ---- unauthenticated clients ----

  /** Key exchanges from ever new addresses, of which so many are pending. */
  private void trickle() {
    LongAdder count = counts.computeIfAbsent("key exchanges", any -> new LongAdder());
    AtomicInteger number = new AtomicInteger();
    AtomicInteger pending = new AtomicInteger();
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (true) {
                LockSupport.parkNanos(1_000_000_000L / EXCHANGES_A_SECOND);
                if (pending.get() >= PENDING) {
                  continue;
                }
                pending.incrementAndGet();
                int now = number.getAndIncrement();
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        // Two of three stop in the middle and keep their place.
                        KeyExchange.run(bastion, source(now), now % 3 == 0);
                        count.increment();
                      } catch (IOException turnedAway) {
                        // The next one comes soon.
                      } finally {
                        pending.decrementAndGet();
                      }
                    });
              }
            }));
  }

  private static String source(int number) {
    return "127.1.%d.%d".formatted(number / 250 % 250 + 1, number % 250 + 1);
  }

  /** Exchanges keys, and says nothing more. */
  private void halfDoneLogin(LongAdder count) throws Exception {
    InetSocketAddress from =
        new InetSocketAddress(source(ThreadLocalRandom.current().nextInt(60_000)), 0);
    try (ClientSession session =
        library.connect("nobody", bastion, null, from).verify(PATIENCE).getSession()) {
      session.waitFor(List.of(ClientSession.ClientSessionEvent.WAIT_AUTH), PATIENCE.toMillis());
      count.increment();
      TimeUnit.SECONDS.sleep(5);
    }
  }

  // ---- users ----

  private void rekey(String user, LongAdder count) throws Exception {
    try (ClientSession session = login(user, bastion)) {
      KeyExchangeFuture before = null;
      while (true) {
        KeyExchangeFuture exchange = session.reExchangeKeys();
        exchange.verify(PATIENCE);
        if (exchange == before) {
          // The library has not quite finished with that one.
          TimeUnit.MILLISECONDS.sleep(1);
        } else {
          count.increment();
        }
        before = exchange;
      }
    }
  }

  private void openAndClose(String user, LongAdder count) throws Exception {
    try (ClientSession session = login(user, bastion);
        ServerSocket listener = new ServerSocket(0, 50, bastion.getAddress())) {
      Thread.ofVirtual().start(() -> closeEach(listener));
      InetSocketAddress to = new InetSocketAddress(bastion.getAddress(), listener.getLocalPort());
      for (int i = 0; i < 5000; i++) {
        ChannelDirectTcpip channel = forward(session, to);
        channel.open().verify(PATIENCE);
        channel.close(true);
        count.increment();
      }
    }
  }

  private static void closeEach(ServerSocket listener) {
    try {
      while (true) {
        listener.accept().close();
      }
    } catch (IOException over) {
      return; // The round is.
    }
  }

  /** More at once than a connection may have channels. */
  private void askInVain(String user, LongAdder count) throws Exception {
    InetSocketAddress nowhere = new InetSocketAddress("10.255.255.1", 22);
    try (ClientSession session = login(user, bastion)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 250; i++) {
          forward(session, nowhere).open().addListener(answered -> count.increment());
        }
        TimeUnit.SECONDS.sleep(3);
      }
    }
  }

  /** Sessions that are never asked for anything, with as much data as their windows take. */
  private void fillIdleChannels(String user, LongAdder count) throws Exception {
    try (ClientSession session = login(user, bastion)) {
      for (int i = 0; i < 250; i++) {
        IdleChannel channel = IdleChannel.open(session);
        channel.fill();
        count.increment();
      }
      session.waitFor(
          List.of(ClientSession.ClientSessionEvent.CLOSED), Duration.ofSeconds(40).toMillis());
    }
  }

  /** Fills the windows of forwards whose targets do not read. */
  private void sendToDeaf(String user, LongAdder count) throws Exception {
    try (ClientSession session = login(user, bastion)) {
      for (int i = 0; i < 100; i++) {
        ChannelDirectTcpip channel = forward(session, target.deaf());
        channel.open().verify(PATIENCE);
        Thread.ofVirtual().start(() -> sendWithoutEnd(channel));
        count.increment();
      }
      TimeUnit.SECONDS.sleep(30);
    }
  }

  private static void sendWithoutEnd(ClientChannel channel) {
    byte[] bytes = new byte[32 * 1024];
    try {
      OutputStream out = channel.getInvertedIn();
      while (true) {
        out.write(bytes);
        out.flush();
      }
    } catch (IOException over) {
      return; // The round is.
    }
  }

  /** Has targets send what nobody reads, until the socket itself is full. */
  private void readNothing(String user, LongAdder count) throws Exception {
    try (ClientSession session = login(user, bastion)) {
      for (int i = 0; i < 20; i++) {
        forward(session, target.source()).open().verify(PATIENCE);
        count.increment();
      }
      session.getIoSession().suspendRead();
      TimeUnit.SECONDS.sleep(30);
    }
  }

  // ---- targets ----

  /** Runs a command of the hostile target in recorded sessions. */
  private void recorded(String user, String command, LongAdder count) throws Exception {
    try (ClientSession outer = login(user, bastion);
        ClientSession inner = inner(outer)) {
      List<ChannelExec> channels = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ChannelExec channel = inner.createExecChannel(command);
        channel.setUsePty(true);
        channel.setOut(OutputStream.nullOutputStream());
        channel.setErr(OutputStream.nullOutputStream());
        channel.open().verify(PATIENCE);
        channels.add(channel);
        count.increment();
      }
      inner.waitFor(
          List.of(ClientSession.ClientSessionEvent.CLOSED), Duration.ofSeconds(20).toMillis());
    }
  }

  /** The connection to the target, which the bastion records. */
  private ClientSession inner(ClientSession outer) throws IOException {
    SshdSocketAddress local =
        outer.startLocalPortForwarding(
            new SshdSocketAddress("127.0.0.1", 0), address(target.address()));
    return login("anyone", new InetSocketAddress("127.0.0.1", local.getPort()));
  }

  /** Files whose second byte never comes, so that an observer keeps all that follows. */
  private void leaveHoles(String user, LongAdder count) throws Exception {
    try (ClientSession outer = login(user, bastion);
        ClientSession inner = inner(outer)) {
      List<ClientChannel> channels = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        ClientChannel channel = inner.createSubsystemChannel("sftp");
        channel.open().verify(PATIENCE);
        SftpHoles.send(channel.getInvertedOut(), channel.getInvertedIn());
        channels.add(channel);
        count.increment();
      }
      TimeUnit.SECONDS.sleep(20);
    }
  }
}
