import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who does one kind of ordinary work on the bastion, again and again, on a thread of their
 * own until {@link #end}. What fails is counted, and the work begins anew.
 */
abstract class SoakUser extends Thread {
  static final List<String> NAMES = List.of("alice", "bob", "carol", "dave");

  /** What each of them does, in this order. */
  static final List<String> WORK = List.of("echo", "login", "keystroke", "scp");

  /** Nobody waits longer for one echo, login, key or file. */
  private static final long STUCK_NANOS = 30_000_000_000L;

  /** Part of the work that may fail, because a login may be turned away beside a flood. */
  private static final double MAY_FAIL = 0.01;

  final Client client;
  final Server bastion;
  private final long pauseNanos;
  private final Trend trend;
  private final List<Double> milliseconds = new ArrayList<>();
  private long failedThisMinute;
  private long done;
  private long failed;
  private String lastFault = "";
  private volatile long begin;
  private volatile boolean over;
  private volatile Process process;

  private SoakUser(int who, Client client, Server bastion, long pauseMillis) {
    super(NAMES.get(who));
    setDaemon(true);
    this.client = client;
    this.bastion = bastion;
    this.pauseNanos = pauseMillis * 1_000_000;
    this.trend = new Trend(WORK.get(who) + " of " + NAMES.get(who) + ", p95", "ms", 0);
  }

  /** How a minute was; times in milliseconds. */
  record Minute(double p50, double p95, long done, long failed) {}

  static List<SoakUser> all(Workplace workplace, Client client, Server bastion, Server instance)
      throws IOException {
    return List.of(
        new Echo(client, bastion),
        new Login(client, bastion),
        new Typist(client, bastion, instance),
        new Copy(workplace, client, bastion, instance));
  }

  /** Does the work once, after {@link #open} if it is the first time or the last one failed. */
  abstract void work() throws IOException, InterruptedException;

  /** Prepares for {@link #work}. */
  void open() throws IOException, InterruptedException {}

  /** Ends what {@link #open} began. */
  void close() throws IOException {}

  @Override
  public void run() {
    boolean open = false;
    while (!over) {
      begin = System.nanoTime();
      try {
        if (!open) {
          open();
          open = true;
          begin = System.nanoTime();
        }
        work();
        took((System.nanoTime() - begin) / 1e6);
      } catch (IOException e) {
        open = false;
        failed(e);
      } catch (InterruptedException e) {
        return;
      }
      begin = 0;
      LockSupport.parkNanos(pauseNanos);
    }
  }

  private synchronized void took(double time) {
    milliseconds.add(time);
    done++;
  }

  private void failed(IOException fault) {
    try {
      close();
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
    if (!over) {
      synchronized (this) {
        failed++;
        failedThisMinute++;
        lastFault = String.valueOf(fault.getMessage());
      }
    }
  }

  /** A process that is killed when the work is stuck. */
  Process start(ProcessBuilder builder) throws IOException {
    process = client.start(builder);
    return process;
  }

  /** From another thread, now and then. */
  void cutIfStuck() {
    long since = begin;
    Process stuck = process;
    if (since != 0 && System.nanoTime() - since > STUCK_NANOS && stuck != null) {
      stuck.destroyForcibly();
    }
  }

  synchronized Minute takeMinute() {
    List<Double> sorted = milliseconds.stream().sorted().toList();
    Minute minute =
        new Minute(
            sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2),
            sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() * 95 / 100),
            sorted.size(),
            failedThisMinute);
    milliseconds.clear();
    failedThisMinute = 0;
    return minute;
  }

  /** Of what 95 of 100 times stay below. */
  Trend trend() {
    return trend;
  }

  synchronized Optional<String> fault() {
    if (done == 0 || failed > MAY_FAIL * (done + failed)) {
      return Optional.of(
          "%s failed %d times of %d, the last time: %s"
              .formatted(getName(), failed, done + failed, lastFault));
    }
    return Optional.empty();
  }

  void end() {
    over = true;
  }

  /** A byte there and back through a forward that stays open. */
  private static final class Echo extends SoakUser {
    private Target target;
    private Socket near;

    Echo(Client client, Server bastion) {
      super(0, client, bastion, 20);
    }

    @Override
    void open() throws IOException {
      target = new Target();
      target.echoOne();
      int port = RoundTrips.freePort();
      Process ssh =
          start(
              Client.quiet(
                  client.sshAs(
                      getName(),
                      bastion,
                      "-N",
                      "-o",
                      "ExitOnForwardFailure=yes",
                      "-L",
                      "127.0.0.1:" + port + ":" + target.address())));
      near = RoundTrips.connect(port, ssh, bastion).socket();
      near.setTcpNoDelay(true);
    }

    @Override
    void work() throws IOException {
      near.getOutputStream().write(1);
      if (near.getInputStream().read() != 1) {
        throw new IOException("the forward ended");
      }
    }

    @Override
    void close() throws IOException {
      if (near != null) {
        near.close();
      }
      target.close();
      if (super.process != null) {
        super.process.destroyForcibly();
      }
    }
  }

  /** A new connection with one forward, from nothing to its end. */
  private static final class Login extends SoakUser {
    private final Target target = new Target();

    Login(Client client, Server bastion) throws IOException {
      super(1, client, bastion, 2000);
      target.closeEach();
    }

    @Override
    void work() throws IOException, InterruptedException {
      Client.awaitSuccess(
          start(Client.quiet(client.sshAs(getName(), bastion, "-W", target.address()))), bastion);
    }
  }

  /** A key and its character in a recorded session with a terminal, and a new one each minute. */
  private static final class Typist extends SoakUser {
    private static final int KEYS = 1000;

    private final Server instance;
    private Process ssh;
    private int typed;

    Typist(Client client, Server bastion, Server instance) {
      super(2, client, bastion, 50);
      this.instance = instance;
    }

    @Override
    void open() throws IOException {
      typed = 0;
      List<String> command = client.sshAs(getName(), bastion, "-tt");
      command.add(
          "ssh -t -p %d %s@%s 'stty raw -echo; echo ready; exec cat'"
              .formatted(instance.port(), Workplace.USER, Server.RECORDED_ADDRESS));
      ProcessBuilder builder =
          Client.quiet(command)
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .redirectOutput(ProcessBuilder.Redirect.PIPE);
      builder.environment().put("TERM", "xterm");
      ssh = start(builder);
      StringBuilder said = new StringBuilder();
      InputStream screen = ssh.getInputStream();
      for (int c = screen.read(); c >= 0 && c != '\n'; c = screen.read()) {
        said.append((char) c);
      }
      if (!said.toString().strip().equals("ready")) {
        throw new IOException("the session said: " + said);
      }
    }

    @Override
    void work() throws IOException {
      if (typed++ == KEYS) {
        close();
        open();
      }
      int key = 'a' + typed % 26;
      OutputStream keyboard = ssh.getOutputStream();
      keyboard.write(key);
      keyboard.flush();
      int shown = ssh.getInputStream().read();
      if (shown != key) {
        throw new IOException("a key became " + shown);
      }
    }

    @Override
    void close() {
      if (ssh != null) {
        ssh.destroyForcibly();
      }
    }
  }

  /** A file that is copied to the instance, and recorded. */
  private static final class Copy extends SoakUser {
    private static final int BYTES = 4 << 20;

    private final List<String> command = new ArrayList<>();

    Copy(Workplace workplace, Client client, Server bastion, Server instance) throws IOException {
      super(3, client, bastion, 5000);
      Path file = workplace.file("copied");
      Files.write(file, new byte[BYTES]);
      List<String> jump = client.words(client.key(), "-W", "%h:%p");
      jump.addAll(List.of("-p", Integer.toString(bastion.port()), "dave@" + Server.PLAIN_ADDRESS));
      command.addAll(List.of("scp", "-O", "-q", "-P", Integer.toString(instance.port())));
      List<String> options =
          client.words(client.key(), "-o", "ProxyCommand=" + String.join(" ", jump));
      command.addAll(options.subList(1, options.size()));
      command.addAll(
          List.of(file.toString(), Workplace.USER + "@" + Server.RECORDED_ADDRESS + ":/dev/null"));
    }

    @Override
    void work() throws IOException, InterruptedException {
      Process scp = start(Client.quiet(command));
      if (!scp.waitFor(STUCK_NANOS, TimeUnit.NANOSECONDS) || scp.exitValue() != 0) {
        throw Client.failure(scp, bastion, "scp failed");
      }
    }
  }
}
