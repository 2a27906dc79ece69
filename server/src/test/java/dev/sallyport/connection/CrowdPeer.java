package dev.sallyport.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * A connection of one of the users of {@link FairSharesPropertyTest}, and what it has open as far
 * as it knows. For one thread.
 */
final class CrowdPeer {
  /** Of each channel, for what the bastion sends: little that this test must keep. */
  private static final long WINDOW = 16 * 1024;

  private final RawClient client;

  /** The connection to the bastion, when {@link #client} is one inside an inspected forward. */
  private final Optional<ClientSession> outer;

  private final Map<Long, Boolean> asked = new HashMap<>();
  private final List<Channel> channels = new ArrayList<>();
  private long next;

  CrowdPeer(RawClient client, Optional<ClientSession> outer) {
    this.client = client;
    this.outer = outer;
  }

  /** A channel that the bastion has confirmed. */
  static final class Channel {
    private final boolean isSession;
    private final long own;
    private final long recipient;
    private long room;
    private long received;

    private Channel(boolean isSession, long own, long recipient, long room) {
      this.isSession = isSession;
      this.own = own;
      this.recipient = recipient;
      this.room = room;
    }

    /** Bytes that the bastion takes on it. */
    long room() {
      return room;
    }
  }

  RawClient client() {
    return client;
  }

  /** Whether it is inside an inspected forward, and its sessions are with the target. */
  boolean isInner() {
    return outer.isPresent();
  }

  boolean isThere() {
    return !client.hasEnded();
  }

  void close() {
    client.close();
    outer.ifPresent(session -> session.close(true));
  }

  /** The connection to the bastion breaks, and with it what is inside. */
  void breakOuter() {
    outer.ifPresentOrElse(session -> session.close(true), client::close);
  }

  List<Channel> channels() {
    return channels;
  }

  List<Channel> sessions() {
    return channels.stream().filter(channel -> channel.isSession).toList();
  }

  /** Those whose other side has sent something. */
  List<Channel> answeredSessions() {
    return channels.stream().filter(channel -> channel.isSession && channel.received > 0).toList();
  }

  /** Reads what has come. */
  void learn() {
    for (RawClient.Message message : client.arrived()) {
      Buffer body = message.body();
      switch (message.command()) {
        case SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION -> {
          long own = body.getUInt();
          channels.add(
              new Channel(asked.getOrDefault(own, false), own, body.getUInt(), body.getUInt()));
        }
        case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST -> {
          long own = body.getUInt();
          long more = body.getUInt();
          of(own).ifPresent(channel -> channel.room += more);
        }
        case SshConstants.SSH_MSG_CHANNEL_DATA -> {
          long own = body.getUInt();
          long count = body.getUInt();
          of(own).ifPresent(channel -> channel.received += count);
        }
        default -> {}
      }
    }
  }

  private Optional<Channel> of(long own) {
    return channels.stream().filter(channel -> channel.own == own).findFirst();
  }

  // ---- send ----

  void open(String type, Consumer<Buffer> more) {
    long number = next++;
    asked.put(number, type.equals("session"));
    client.trySend(
        SshConstants.SSH_MSG_CHANNEL_OPEN,
        packet -> {
          packet.putString(type);
          packet.putUInt(number);
          packet.putUInt(WINDOW);
          packet.putUInt(WINDOW);
          more.accept(packet);
        });
  }

  /** Whether there is room for it or not. */
  void sendData(Channel channel, byte[] data) {
    channel.room -= data.length;
    client.trySend(
        SshConstants.SSH_MSG_CHANNEL_DATA,
        packet -> {
          packet.putUInt(channel.recipient);
          packet.putBytes(data);
        });
  }

  /** Takes more of what the other side sends. */
  void giveRoom(Channel channel) {
    client.trySend(
        SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
        packet -> {
          packet.putUInt(channel.recipient);
          packet.putUInt(WINDOW);
        });
  }

  void request(Channel channel, String type, Consumer<Buffer> arguments) {
    client.trySend(
        SshConstants.SSH_MSG_CHANNEL_REQUEST,
        packet -> {
          packet.putUInt(channel.recipient);
          packet.putString(type);
          packet.putBoolean(true);
          arguments.accept(packet);
        });
  }

  void close(Channel channel) {
    client.trySend(SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(channel.recipient));
  }
}
