package dev.sallyport.connection;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/** Targets that speak SSH, well or badly, on the address where sessions are recorded. */
final class SshTargets implements AutoCloseable {
  /** Prints {@code hello}, and ends. */
  static final String HELLO = "hello";

  /** Answers as a server of sftp; every file that it opens has the handle {@link #HANDLE}. */
  static final String SFTP = "sftp";

  static final String HANDLE = "h";

  /** What the servers that let everybody in run. */
  static final List<String> PROGRAMS =
      List.of(
          HELLO,
          SFTP,
          "prints-for-ever",
          "reads-nothing",
          "answers-sftp-with-garbage",
          "gives-room-without-end",
          "sends-more-than-there-is-room-for",
          "asks-without-end",
          "replies-to-nothing");

  private static final long LARGEST_WINDOW = 0xFFFF_FFFFL;
  private static final long USUAL_WINDOW = 64 * 1024;

  /** Messages of a target that sends what nobody asked for; more would only take time. */
  private static final int MANY = 3000;

  private final List<Closeable> opened = new CopyOnWriteArrayList<>();
  private final InetSocketAddress usual;
  private final List<InetSocketAddress> all;

  SshTargets() throws IOException {
    usual = server(USUAL_WINDOW);
    all =
        List.of(
            usual,
            server(LARGEST_WINDOW),
            that(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream())),
            that(SshTargets::sayMuchAndNotWhoItIs),
            that(SshTargets::ignoreWithoutEnd),
            that(SshTargets::begin));
  }

  /** Behaves as long as its program does. */
  InetSocketAddress usual() {
    return usual;
  }

  /** All of them. */
  List<InetSocketAddress> all() {
    return all;
  }

  // ---- targets without keys ----

  /** What a target does with a connection. */
  @FunctionalInterface
  private interface Behaviour {
    void with(Socket socket) throws IOException;
  }

  private InetSocketAddress that(Behaviour behaviour) throws IOException {
    ServerSocket server = new ServerSocket();
    opened.add(server);
    server.bind(new InetSocketAddress(HostileBastion.RECORDED, 0));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              opened.add(socket);
              // Not virtual: those that never pause would keep the carriers, which are the
              // bastion's.
              Thread.ofPlatform().daemon().start(() -> serve(socket, behaviour));
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void serve(Socket socket, Behaviour behaviour) {
    try (socket) {
      behaviour.with(socket);
    } catch (IOException ended) {
      // The bastion hung up.
    } finally {
      opened.remove(socket);
    }
  }

  /** RFC 4253, section 4.2, lets a server send other lines first. */
  private static void sayMuchAndNotWhoItIs(Socket socket) throws IOException {
    byte[] line = ("x".repeat(200) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    while (true) {
      socket.getOutputStream().write(line);
    }
  }

  /** SSH_MSG_IGNORE with nothing in it, before there are keys (RFC 4253, sections 6 and 11.2). */
  private static void ignoreWithoutEnd(Socket socket) throws IOException {
    begin(socket.getOutputStream());
    while (true) {
      socket.getOutputStream().write(new byte[] {0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }
  }

  /** Never sends its part of the key exchange. */
  private static void begin(Socket socket) throws IOException {
    begin(socket.getOutputStream());
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static void begin(OutputStream out) throws IOException {
    out.write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  // ---- targets that let everybody in ----

  private InetSocketAddress server(long window) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost(HostileBastion.RECORDED.getHostAddress());
    server.setKeyPairProvider(KeyPairProvider.wrap(HostileBastion.MALLORY));
    server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
    server.setCommandFactory((channel, command) -> new Program(command));
    server.setSubsystemFactories(List.of(new Sftp()));
    CoreModuleProperties.WINDOW_SIZE.set(server, window);
    server.start();
    opened.add(() -> server.stop(true));
    return new InetSocketAddress(HostileBastion.RECORDED, server.getPort());
  }

  private static final class Sftp implements SubsystemFactory {
    @Override
    public String getName() {
      return SFTP;
    }

    @Override
    public Command createSubsystem(ChannelSession channel) {
      return new Program(SFTP);
    }
  }

  /** What runs in a session. */
  private static final class Program implements Command {
    private final String name;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private ExitCallback exit = (status, text, immediately) -> {};

    Program(String name) {
      this.name = name;
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
    public void setExitCallback(ExitCallback callback) {
      exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              run(channel);
            } catch (IOException | BufferException ended) {
              // The bastion closed the session, or a user sent what no client of sftp sends.
            }
          });
    }

    private void run(ChannelSession channel) throws IOException {
      switch (name) {
        case HELLO -> {
          print("hello\n".getBytes(StandardCharsets.US_ASCII));
          exit.onExit(0);
        }
        case SFTP -> serveSftp(false);
        case "answers-sftp-with-garbage" -> serveSftp(true);
        case "prints-for-ever" -> {
          byte[] much = new byte[16 * 1024];
          while (true) {
            print(much);
          }
        }
        case "reads-nothing" -> {}
        case "gives-room-without-end" ->
            sendMany(
                channel,
                SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
                packet -> packet.putUInt(LARGEST_WINDOW));
        case "sends-more-than-there-is-room-for" ->
            sendMany(
                channel,
                SshConstants.SSH_MSG_CHANNEL_DATA,
                packet -> packet.putBytes(new byte[16 * 1024]));
        case "asks-without-end" ->
            sendMany(
                channel,
                SshConstants.SSH_MSG_CHANNEL_REQUEST,
                packet -> {
                  packet.putString("are-you-there@example.com");
                  packet.putBoolean(true);
                  packet.putRawBytes(new byte[200]);
                });
        case "replies-to-nothing" ->
            sendMany(channel, SshConstants.SSH_MSG_CHANNEL_SUCCESS, packet -> {});
        default -> exit.onExit(127);
      }
    }

    private void print(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Around the library's accounts of what there is room for. */
    private static void sendMany(ChannelSession channel, byte command, Consumer<Buffer> more)
        throws IOException {
      for (int i = 0; i < MANY && !channel.isClosing(); i++) {
        Buffer packet = channel.getSession().createBuffer(command);
        packet.putUInt(channel.getRecipient());
        more.accept(packet);
        channel.getSession().writePacket(packet).verify();
      }
    }

    /** draft-ietf-secsh-filexfer-02: every file can be opened, and takes everything. */
    private void serveSftp(boolean garbage) throws IOException {
      DataInputStream requests = new DataInputStream(in);
      while (true) {
        Buffer request = new ByteArrayBuffer(requests.readNBytes(requests.readInt()));
        int type = request.getUByte();
        Buffer answer = new ByteArrayBuffer();
        if (type == 1) {
          answer.putByte((byte) 2);
          answer.putUInt(3);
        } else if (garbage) {
          answer.putRawBytes(new byte[1000]);
        } else if (type == 3) {
          answer.putByte((byte) 102);
          answer.putUInt(request.getUInt());
          answer.putString(HANDLE);
        } else {
          answer.putByte((byte) 101);
          answer.putUInt(request.getUInt());
          answer.putUInt(0);
          answer.putString("");
          answer.putString("");
        }
        new DataOutputStream(out).writeInt(answer.available());
        print(answer.getCompactData());
      }
    }

    @Override
    public void destroy(ChannelSession channel) {}
  }

  /** All connections end, and no more are taken. */
  void hangUp() throws IOException {
    for (Closeable one : opened) {
      one.close();
    }
  }

  @Override
  public void close() throws IOException {
    hangUp();
  }
}
