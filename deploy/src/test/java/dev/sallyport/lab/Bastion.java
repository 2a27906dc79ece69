package dev.sallyport.lab;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A bastion of the laboratory: the image as it is, with a configuration and users' keys. */
final class Bastion implements AutoCloseable {
  private static final String STATE = "/var/lib/sallyport";
  private static final String RECORDINGS = STATE + "/recordings";
  private static final String CONFIGURATION = "/etc/sallyport/sallyport.conf";
  private static final int GRACE_SECONDS = 20;

  /** The number of the user that the server runs as, by the image. */
  private static final int SERVER_USER = 922;

  /** Where the key to the targets is. */
  static final String TARGET_KEY = "/etc/sallyport/bastion-to-private.pem";

  private enum State {
    ON_DISK,
    IN_MEMORY
  }

  private final Vpc vpc;
  private final String name;
  private final Machine machine;

  private State state = State.ON_DISK;

  private Bastion(Vpc vpc, String name, Machine machine) {
    this.vpc = vpc;
    this.name = name;
    this.machine = machine;
  }

  /**
   * A bastion before it starts, on the public and the private network.
   *
   * @param name what the client's ssh calls it
   */
  static Bastion of(Vpc vpc, String name) {
    return of(vpc, name, "");
  }

  /**
   * The same, told more.
   *
   * @param more keys of the configuration, beside those that all bastions have
   */
  static Bastion of(Vpc vpc, String name, String more) {
    return configured(vpc, name, vpc.configuration() + more);
  }

  /** One with a configuration of its own. */
  static Bastion configured(Vpc vpc, String name, String configuration) {
    Machine machine =
        Machine.of(vpc.bastionImage(), "sallyport", vpc.bastionNetworks())
            .withNameServer(vpc.nameServer())
            .withFile(CONFIGURATION, configuration)
            .withSecret(TARGET_KEY, vpc.targetKey(), SERVER_USER);
    vpc.publicKeys()
        .forEach((user, key) -> machine.withFile("/etc/sallyport/keys/" + user, key + "\n"));
    return new Bastion(vpc, name, machine);
  }

  /** Keeps the state in memory of at most this size, which a test can fill. */
  Bastion withSmallState(int megabytes) {
    state = State.IN_MEMORY;
    machine.withSmallFolder(STATE, "size=%dm,uid=922,gid=922,mode=0700".formatted(megabytes));
    return this;
  }

  /** Keeps the recordings, and nothing else, in memory of at most this size. */
  Bastion withSmallRecordings(int megabytes) {
    machine.withSmallFolder(RECORDINGS, "size=%dm,uid=922,gid=922,mode=0700".formatted(megabytes));
    return this;
  }

  /** Puts a file there before it starts, which belongs to root. */
  Bastion withFile(String path, String text) {
    machine.withFile(path, text);
    return this;
  }

  /** Puts a program there before it starts, which belongs to root. */
  Bastion withProgram(String path, String text) {
    machine.withProgram(path, text);
    return this;
  }

  /** Puts a file there before it starts, which only the server reads. */
  Bastion withSecret(String path, String text) {
    machine.withSecret(path, text, SERVER_USER);
    return this;
  }

  /** Starts it and waits until it has said in its log that it is up. */
  Bastion start() {
    try {
      machine.start();
      isUpAfter(0);
      return this;
    } catch (RuntimeException | AssertionError e) {
      machine.close();
      throw e;
    }
  }

  private void isUpAfter(long sequence) {
    Until.holds(
        name + " is up",
        () -> {
          if (!Boolean.TRUE.equals(inspect().getRunning())) {
            throw new AssertionError(name + " ended: " + machine.logs());
          }
          return auditLog().after(sequence).first("server-started", event -> true).isPresent();
        });
    // An instance would have this route from its gateway; the image has no right to set one.
    vpc.routeToInternet(machine);
    vpc.introduce(name, address());
    vpc.trustHostCa(sallyport("host-ca show").succeeds().text());
  }

  /** The public address. */
  String address() {
    return machine.address(vpc.publicNetwork());
  }

  /** Runs a command line in the bastion, as the user that the server runs as. */
  Result run(String command) {
    return machine.run(command);
  }

  /** Runs a command of {@code sallyport} as its operator does. */
  Result sallyport(String command) {
    return run("sallyport %s --config %s".formatted(command, CONFIGURATION));
  }

  /** As root, as whom an operator may be logged in. */
  Result sallyportAsRoot(String command) {
    return machine.runAsRoot("sallyport %s --config %s".formatted(command, CONFIGURATION));
  }

  /** The recording of a session that is over, as asciinema would play it. */
  Cast cast(AuditLog.Event closed) {
    return Cast.parse(castText(closed));
  }

  /** The file of that recording. */
  String castText(AuditLog.Event closed) {
    awaits(0, "recording-finalised", event -> event.at("/connection_uid").equals(closed.uid()));
    return sallyport("recording export %s --format asciicast".formatted(closed.uid()))
        .succeeds()
        .out();
  }

  /** What {@code recording play} sends a terminal for a session that is over. */
  String played(AuditLog.Event closed) {
    // As letters: what gives us the output takes control sequences out of it.
    String letters =
        run("sallyport recording play %s --force --speed 1000 --idle-limit 1ms --config %s | base64 -w0"
                .formatted(closed.uid(), CONFIGURATION))
            .succeeds()
            .out();
    return new String(Base64.getDecoder().decode(letters), StandardCharsets.UTF_8);
  }

  /** Replaces the authorized_keys file of a user. */
  void authorize(String user, String lines) {
    machine.write("/etc/sallyport/keys/" + user, lines);
  }

  /** The whole audit log as it is now. */
  AuditLog auditLog() {
    return AuditLog.parse(auditText());
  }

  private String auditText() {
    return machine.run("cat %s/audit/*.jsonl 2>/dev/null || true".formatted(STATE)).out();
  }

  /** The first event of this kind after a sequence, once it is there. */
  AuditLog.Event awaits(long after, String code, Predicate<AuditLog.Event> which) {
    return Until.present(
        "%s in the audit log of %s".formatted(code, name),
        () -> auditLog().after(after).first(code, which));
  }

  /** The number of the last event by now: what a test does comes after it. */
  long mark() {
    return auditLog().lastSequence();
  }

  /** Ends the server as a power cut would, and starts it again on the same disk. */
  void crashAndRestart() {
    long before = mark();
    Machine.docker().killContainerCmd(machine.id()).withSignal("KILL").exec();
    awaitEnd();
    Machine.docker().startContainerCmd(machine.id()).exec();
    isUpAfter(before);
  }

  /**
   * Sends SIGTERM and waits for the end, and keeps the audit log in {@code target/audit}.
   *
   * @return the exit code
   */
  int stop() {
    List<String> files =
        run("ls %s/audit/*.jsonl".formatted(STATE)).succeeds().out().lines().toList();
    String whileUp = auditText();
    Machine.docker().stopContainerCmd(machine.id()).withTimeout(GRACE_SECONDS).exec();
    // Memory is gone with the process; a disk has the last lines too.
    keep(
        "target/audit",
        name + ".jsonl",
        state == State.IN_MEMORY
            ? whileUp
            : files.stream().map(machine::read).collect(Collectors.joining()));
    return awaitEnd();
  }

  private static void keep(String folder, String file, String text) {
    try {
      Path made = Files.createDirectories(Images.MODULE.resolve(folder));
      Files.writeString(made.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The audit log that {@link #stop} kept. */
  AuditLog keptAuditLog() {
    try {
      return AuditLog.parse(
          Files.readString(Images.MODULE.resolve("target/audit").resolve(name + ".jsonl")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (Boolean.TRUE.equals(inspect().getRunning())) {
        stop();
      }
      keep("target/lab", name + ".log", machine.logs());
    } finally {
      machine.close();
    }
  }

  private int awaitEnd() {
    return Machine.docker()
        .waitContainerCmd(machine.id())
        .exec(new WaitContainerResultCallback())
        .awaitStatusCode();
  }

  private ContainerState inspect() {
    return Machine.docker().inspectContainerCmd(machine.id()).exec().getState();
  }
}
