package dev.sallyport.lab;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** One machine of the laboratory: a container that the tests type commands into. */
final class Machine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LABEL = "dev.sallyport.lab";

  /** Of a regular file, with the type that an archive has. */
  private static final int EXECUTABLE = 0100755;

  private final Lab container;
  private final String user;

  private Machine(Lab container, String user) {
    this.container = container;
    this.user = user;
  }

  /**
   * A machine before it starts.
   *
   * @param image its image
   * @param user who commands run as
   * @param networks in this order, the first being the way out
   */
  static Machine of(String image, String user, List<LabNetwork> networks) {
    return new Machine(new Lab(image, networks), user);
  }

  /** Lets the machine change its own routes and packet filter; its network is its own. */
  Machine withNetworkAdministration() {
    return with(command -> command.getHostConfig().withCapAdd(Capability.NET_ADMIN));
  }

  /** Has the machine route packets between its networks. */
  Machine withForwarding() {
    return with(command -> command.getHostConfig().withSysctls(Map.of("net.ipv4.ip_forward", "1")));
  }

  /** Has the machine ask this name server for what Docker does not know. */
  Machine withNameServer(String address) {
    return with(command -> command.getHostConfig().withDns(address));
  }

  /** Gives the machine a folder in memory of at most this size. */
  Machine withSmallFolder(String path, String options) {
    container.withTmpFs(Map.of(path, options));
    return this;
  }

  /**
   * Shares the network of another machine, so that its routes and filter can be set from outside.
   */
  static Machine beside(Machine other, String image) {
    Lab container = new Lab(image, List.of());
    container.withNetworkMode("container:" + other.id());
    return new Machine(container, "root").withNetworkAdministration();
  }

  /** Puts a file there before the machine starts. */
  Machine withFile(String path, String text) {
    container.withCopyToContainer(Transferable.of(text), path);
    return this;
  }

  /** Puts a program there before the machine starts, which anybody may run. */
  Machine withProgram(String path, String text) {
    container.withCopyToContainer(Transferable.of(text, EXECUTABLE), path);
    return this;
  }

  /** Puts a file there before the machine starts, which only this user reads. */
  Machine withSecret(String path, String text, int userId) {
    container.withCopyToContainer(new Secret(text, userId), path);
    return this;
  }

  private Machine with(Consumer<CreateContainerCmd> change) {
    container.withCreateContainerCmdModifier(change);
    return this;
  }

  /** Starts it. */
  Machine start() {
    container.start();
    return this;
  }

  /** Runs a command line of bash, for at most a minute. */
  Result run(String command) {
    return run(PATIENCE, command);
  }

  /** Runs a command line of bash, for at most this time. */
  Result run(Duration time, String command) {
    return exec(user, time, command);
  }

  /** Runs a command line of bash as the container's root. */
  Result runAsRoot(String command) {
    return exec("root", PATIENCE, command);
  }

  private Result exec(String as, Duration time, String command) {
    String[] words = {
      "env",
      "-C",
      home(as),
      "HOME=" + home(as),
      "timeout",
      "-k",
      "2",
      Long.toString(time.toSeconds()),
      "bash",
      "-c",
      command
    };
    try {
      ExecResult result =
          container.execInContainer(
              ExecConfig.builder()
                  .user(as)
                  .command(words)
                  .envVars(Map.of("HOME", home(as)))
                  .build());
      return new Result(command, result.getExitCode(), result.getStdout(), result.getStderr());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in: " + command, e);
    }
  }

  private static String home(String as) {
    return as.equals("root") ? "/root" : "/";
  }

  /** Starts a command that goes on by itself, its output in {@code /tmp/<name>.log}. */
  void background(String name, String command) {
    run("setsid nohup bash -c '%s' >/tmp/%s.log 2>&1 </dev/null &".formatted(command, name))
        .succeeds();
  }

  /** Writes a file; its folder must be there. */
  void write(String path, String text) {
    container.copyFileToContainer(Transferable.of(text), path);
  }

  /** Reads a file; works after the machine has ended too. */
  String read(String path) {
    return container.copyFileFromContainer(
        path, stream -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
  }

  /** Its IPv4 address in a network. */
  String address(LabNetwork network) {
    return Objects.requireNonNull(in(network).getIpAddress());
  }

  /** Its IPv6 address in a network. */
  String ipv6Address(LabNetwork network) {
    return Objects.requireNonNull(in(network).getGlobalIPv6Address());
  }

  private ContainerNetwork in(LabNetwork network) {
    return Objects.requireNonNull(
        docker()
            .inspectContainerCmd(id())
            .exec()
            .getNetworkSettings()
            .getNetworks()
            .get(network.name()));
  }

  /** What it printed. */
  String logs() {
    return container.getLogs();
  }

  /** Docker's id. */
  String id() {
    return container.getContainerId();
  }

  /** Docker's client. */
  static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  /** Removes what an earlier run of this clone, ended by force, has left. */
  static void removeLeftovers() {
    docker()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(LABEL, Images.CLONE))
        .exec()
        .forEach(left -> docker().removeContainerCmd(left.getId()).withForce(true).exec());
  }

  @Override
  public void close() {
    container.stop();
  }

  /** A file that belongs to a user; Docker takes over what the archive says of it. */
  private record Secret(String text, int userId) implements Transferable {
    private static final int OWNER_ONLY = 0100600;

    @Override
    public byte[] getBytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long getSize() {
      return getBytes().length;
    }

    @Override
    public void transferTo(TarArchiveOutputStream archive, String path) {
      TarArchiveEntry entry = new TarArchiveEntry(path);
      entry.setSize(getSize());
      entry.setMode(OWNER_ONLY);
      entry.setUserId(userId);
      try {
        archive.putArchiveEntry(entry);
        archive.write(getBytes());
        archive.closeArchiveEntry();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Joins the further networks before the machine starts, as an instance has its interfaces. */
  private static final class Lab extends GenericContainer<Lab> {
    private final List<LabNetwork> further;

    private Lab(String image, List<LabNetwork> networks) {
      super(DockerImageName.parse(image));
      further = networks.stream().skip(1).toList();
      withImagePullPolicy(name -> false);
      networks.stream().findFirst().ifPresent(first -> withNetworkMode(first.name()));
      withLabel(LABEL, Images.CLONE);
    }

    @Override
    protected void containerIsCreated(String containerId) {
      for (LabNetwork network : further) {
        getDockerClient()
            .connectToNetworkCmd()
            .withNetworkId(network.id())
            .withContainerId(containerId)
            .exec();
      }
    }
  }
}
