package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.memory.TestShares;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client and a target that say to an observer whatever a test wants. */
final class SftpTalk {
  static final int READ = 1;
  static final int WRITE = 2;
  static final int APPEND = 4;
  static final int CREATE = 8;
  static final int TRUNCATE = 0x10;
  static final int OK = 0;
  static final int EOF = 1;
  static final int DENIED = 3;

  final List<FileEvent> events = new ArrayList<>();
  final SftpObserver observer;

  SftpTalk() {
    this(TestShares.of(64L << 20).hold());
  }

  private SftpTalk(MemoryHold memory) {
    observer = new SftpObserver(events::add, memory);
  }

  /** One that has agreed on version 3. */
  static SftpTalk begun() {
    return begin(new SftpTalk());
  }

  /** The same, whose observer takes its memory from there. */
  static SftpTalk begun(MemoryHold memory) {
    return begin(new SftpTalk(memory));
  }

  private static SftpTalk begin(SftpTalk talk) {
    talk.send(talk.packet(1, 3));
    talk.answer(talk.packet(2, 3));
    return talk;
  }

  /** A packet: numbers are 32 bits, or 64 when they are Longs; texts and arrays are strings. */
  byte[] packet(int type, Object... fields) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(0);
      out.writeByte(type);
      for (Object field : fields) {
        switch (field) {
          case Integer number -> out.writeInt(number);
          case Long number -> out.writeLong(number);
          case String text -> string(out, text.getBytes(StandardCharsets.UTF_8));
          case byte[] data -> string(out, data);
          default -> throw new IllegalArgumentException(field.toString());
        }
      }
      byte[] packet = bytes.toByteArray();
      byte[] length =
          new byte[] {
            0,
            (byte) ((packet.length - 4) >> 16),
            (byte) ((packet.length - 4) >> 8),
            (byte) (packet.length - 4)
          };
      System.arraycopy(length, 0, packet, 0, 4);
      return packet;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void string(DataOutputStream out, byte[] data) throws IOException {
    out.writeInt(data.length);
    out.write(data);
  }

  SftpTalk send(byte[] packet) {
    observer.toTarget(packet, 0, packet.length);
    return this;
  }

  SftpTalk answer(byte[] packet) {
    observer.fromTarget(packet, 0, packet.length);
    return this;
  }

  SftpTalk open(int id, String path, int flags) {
    return send(packet(3, id, path, flags, 0));
  }

  SftpTalk handle(int id, String handle) {
    return answer(packet(102, id, handle));
  }

  /** OPEN, and its answer. */
  SftpTalk opened(String path, int flags, String handle) {
    return open(1_000_000, path, flags).handle(1_000_000, handle);
  }

  SftpTalk read(int id, String handle, long offset, int length) {
    return send(packet(5, id, handle, offset, length));
  }

  SftpTalk data(int id, String data) {
    return answer(packet(103, id, data));
  }

  SftpTalk write(int id, String handle, long offset, String data) {
    return send(packet(6, id, handle, offset, data));
  }

  SftpTalk status(int id, int code) {
    return answer(packet(101, id, code, "a message", "en"));
  }

  SftpTalk close(int id, String handle) {
    return send(packet(4, id, handle));
  }

  /** CLOSE, and its answer. */
  List<FileEvent> closed(String handle) {
    close(2_000_000, handle).status(2_000_000, OK);
    return events;
  }

  List<FileEvent> ended() {
    observer.end();
    return events;
  }
}
