import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/**
 * A host behind the bastion that somebody else controls: an SSH server that prints without end,
 * asks for new keys without end, or lets holes be left in files; and TCP ports that never read, or
 * never stop sending.
 */
final class HostileTarget {
  /** What auditors must not be hidden from, drawn again and again: titles, strings, erasing. */
  private static final byte[] SCREEN =
      "\u001b]0;title\u0007\u001bPstring\u001b\\\u001b[2J\u001b[Htext\r\u001b[K\u001b[?1049h"
          .repeat(200)
          .getBytes(StandardCharsets.US_ASCII);

  /** As fast as a busy build prints; without a pause the disk would be what is measured. */
  private static final long BETWEEN_SCREENS_MILLISECONDS = 50;

  private final SshServer server = SshServer.setUpDefaultServer();
  private final ServerSocket deaf;
  private final ServerSocket source;

  HostileTarget() throws IOException {
    server.setHost("127.0.0.2");
    server.setPort(0);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
    server.setCommandFactory(Running::new);
    server.setSubsystemFactories(List.of(sftp()));
    server.start();
    deaf = new ServerSocket(0, 1024, InetAddress.getByName("127.0.0.1"));
    source = new ServerSocket(0, 1024, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(() -> acceptEach(deaf, false));
    Thread.ofVirtual().start(() -> acceptEach(source, true));
  }

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.2", server.getPort());
  }

  /** Takes connections and never reads. */
  InetSocketAddress deaf() {
    return new InetSocketAddress("127.0.0.1", deaf.getLocalPort());
  }

  /** Sends without end. */
  InetSocketAddress source() {
    return new InetSocketAddress("127.0.0.1", source.getLocalPort());
  }

  private static void acceptEach(ServerSocket listener, boolean sends) {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> hold(socket, sends));
      }
    } catch (IOException over) {
      return; // The process ends.
    }
  }

  private static void hold(Socket socket, boolean sends) {
    byte[] bytes = new byte[32 * 1024];
    try (socket) {
      OutputStream out = socket.getOutputStream();
      // A deaf one notices that its peer has gone when it sends a byte now and then.
      while (true) {
        if (sends) {
          out.write(bytes);
        } else {
          out.write(0);
          TimeUnit.SECONDS.sleep(1);
        }
      }
    } catch (IOException | InterruptedException over) {
      return; // The peer has left.
    }
  }

  private static SubsystemFactory sftp() {
    return new SubsystemFactory() {
      @Override
      public String getName() {
        return "sftp";
      }

      @Override
      public Command createSubsystem(ChannelSession channel) {
        return new Running(channel, "sftp");
      }
    };
  }

  /** One session on it. */
  private static final class Running implements Command {
    private final Session session;
    private final String command;
    private InputStream in;
    private OutputStream out;
    private volatile boolean over;

    Running(ChannelSession channel, String command) {
      this.session = channel.getSession();
      this.command = command;
    }

    @Override
    public void setInputStream(InputStream stream) {
      in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
      out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {}

    @Override
    public void setExitCallback(ExitCallback callback) {}

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
      try {
        switch (command) {
          case "rekey" -> rekey();
          case "sftp" -> SftpHoles.answer(in, out);
          default -> print();
        }
      } catch (IOException | InterruptedException left) {
        return; // The bastion has.
      }
    }

    private void rekey() throws IOException, InterruptedException {
      while (!over) {
        session.reExchangeKeys().verify(20_000);
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    private void print() throws IOException, InterruptedException {
      while (!over) {
        out.write(SCREEN);
        out.flush();
        TimeUnit.MILLISECONDS.sleep(BETWEEN_SCREENS_MILLISECONDS);
      }
    }

    @Override
    public void destroy(ChannelSession channel) {
      over = true;
    }
  }
}
