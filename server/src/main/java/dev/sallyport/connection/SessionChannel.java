package dev.sallyport.connection;

import dev.sallyport.forward.ForwardWindow;
import dev.sallyport.gateway.prompt.Greeting;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * A {@code session} channel (RFC 4254, section 6): says who the user is and where they may go, and
 * that nothing runs on a bastion. Keeps nothing of what it is asked, and gives no window back, so
 * it cannot be made to grow.
 */
final class SessionChannel extends AbstractServerChannel {
  private static final int EXIT_GREETED = 0;

  /** As nologin(8) and a refused command have it. */
  private static final int EXIT_REFUSED = 1;

  /** What a channel may send before it has read a word about the client's window. */
  private static final int LARGEST_TEXT = 16 * 1024;

  private final ClientConnection connection;
  private final ChannelService channelService;
  private final Runnable ended;
  private long room;
  private boolean terminal;
  private boolean answered;

  /**
   * @param ended called once when the channel's place is free
   */
  SessionChannel(ClientConnection connection, ChannelService service, Runnable ended) {
    super("", List.of(), null);
    this.connection = connection;
    this.channelService = service;
    this.ended = ended;
  }

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    room = Math.min(window, packetSize);
    return super.open(recipient, window, Math.min(packetSize, ForwardWindow.PACKET), buffer);
  }

  @Override
  public void handleRequest(Buffer buffer) throws IOException {
    String request = buffer.getString();
    boolean wantReply = buffer.getBoolean();
    switch (request) {
      case "pty-req" -> {
        terminal = true;
        reply(wantReply, true);
      }
      case "env", "window-change", "signal", "break" -> reply(wantReply, false);
      case "shell" -> {
        reply(wantReply, true);
        finish(
            Greeting.text(Reach.of(connection)), SshConstants.SSH_MSG_CHANNEL_DATA, EXIT_GREETED);
      }
      case "exec" -> refuse("exec", buffer.getString(), "this bastion runs no commands", wantReply);
      case "subsystem" -> {
        String name = buffer.getString();
        refuse(
            "subsystem",
            name,
            name.equals("sftp")
                ? "this bastion has no files: use sftp or scp with -J to reach a private server"
                : "this bastion has no subsystems",
            wantReply);
      }
      case "x11-req" -> refuseQuietly(request, "X11 is not forwarded by this bastion", wantReply);
      case "auth-agent-req@openssh.com" ->
          refuseQuietly(request, "agents are not forwarded by this bastion", wantReply);
      default -> reply(wantReply, false);
    }
  }

  /**
   * Accepted, so that the client goes on to show what we say: a refused request shows no text at
   * all.
   */
  private void refuse(String kind, String detail, String reason, boolean wantReply)
      throws IOException {
    if (answered) {
      reply(wantReply, false);
      return;
    }
    channelService.told(kind, detail, reason);
    reply(wantReply, true);
    finish("sallyport: " + reason + "\n", SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, EXIT_REFUSED);
  }

  private void refuseQuietly(String kind, String reason, boolean wantReply) throws IOException {
    channelService.told(kind, "", reason);
    reply(wantReply, false);
  }

  private void reply(boolean wanted, boolean success) throws IOException {
    if (wanted) {
      Buffer packet =
          connection.createBuffer(
              success
                  ? SshConstants.SSH_MSG_CHANNEL_SUCCESS
                  : SshConstants.SSH_MSG_CHANNEL_FAILURE);
      packet.putUInt(getRecipient());
      writePacket(packet);
    }
  }

  private void finish(String text, byte command, int status) throws IOException {
    if (answered) {
      return;
    }
    answered = true;
    byte[] bytes = (terminal ? text.replace("\n", "\r\n") : text).getBytes(StandardCharsets.UTF_8);
    int count = (int) Math.min(Math.min(bytes.length, room), LARGEST_TEXT);
    if (count > 0) {
      Buffer packet = connection.createBuffer(command, count + 32);
      packet.putUInt(getRecipient());
      if (command == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
        packet.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
      }
      packet.putBytes(bytes, 0, count);
      writePacket(packet);
    }
    sendExitStatus(status);
    sendEof();
    close(false);
  }

  /** What the user types goes nowhere. */
  @Override
  protected void doWriteData(byte[] data, int offset, long length) {}

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
    throw new ProtocolException("extended data from a client");
  }

  @Override
  public void handleChannelUnregistration(ConnectionService service) {
    super.handleChannelUnregistration(service);
    ended.run();
  }
}
