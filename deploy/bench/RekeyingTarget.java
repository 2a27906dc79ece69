import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/** A target that asks for new keys as soon as it has some, and user's sessions on it. */
final class RekeyingTarget implements AutoCloseable {
  private final SshServer library = SshServer.setUpDefaultServer();
  private final Rekeys rekeys =
      new Rekeys(() -> this.closed, "the bastion left a target that asks for new keys");
  private final List<Process> sessions = new ArrayList<>();
  private volatile boolean closed;

  RekeyingTarget(Workplace workplace) throws IOException {
    library.setHost(Server.RECORDED_ADDRESS);
    library.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(workplace.file("rekeying-host")));
    library.setKeyExchangeFactories(CheapExchange.ofServer());
    library.setPublickeyAuthenticator((name, key, session) -> true);
    library.setCommandFactory((channel, command) -> new Silent());
    library.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionEvent(Session session, Event event) {
            if (event == Event.Authenticated) {
              rekeys.begin(session);
            }
          }
        });
    library.start();
  }

  /** Logs in to it through the bastion, with a recorded command each. */
  void open(Server bastion, Client client, String user, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      List<String> words = client.words(client.key());
      words.addAll(
          List.of(
              "-T",
              "-p",
              Integer.toString(bastion.port()),
              user + "@" + Server.PLAIN_ADDRESS,
              "ssh -p %d %s@%s x".formatted(library.getPort(), user, Server.RECORDED_ADDRESS)));
      sessions.add(client.start(Client.quiet(words).redirectInput(ProcessBuilder.Redirect.PIPE)));
    }
  }

  /** Exchanges that were completed so far. */
  long answered() {
    return rekeys.count();
  }

  /** A command that says and reads nothing. */
  private static final class Silent implements Command {
    @Override
    public void start(ChannelSession channel, Environment environment) {}

    @Override
    public void destroy(ChannelSession channel) {}

    @Override
    public void setInputStream(java.io.InputStream in) {}

    @Override
    public void setOutputStream(java.io.OutputStream out) {}

    @Override
    public void setErrorStream(java.io.OutputStream err) {}

    @Override
    public void setExitCallback(ExitCallback callback) {}
  }

  @Override
  public void close() throws IOException {
    closed = true;
    sessions.forEach(Process::destroy);
    library.stop(true);
  }
}
