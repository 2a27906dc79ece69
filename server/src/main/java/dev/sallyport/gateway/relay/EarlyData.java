package dev.sallyport.gateway.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * Data that a client sends before it requests a shell, a command or a subsystem. There is at most
 * one window of it, in any number of packets. It is kept in blocks that are never copied to grow,
 * so it takes at most one block more than the window has reserved. For one thread.
 */
final class EarlyData {
  private static final int BLOCK = 8 * 1024;

  private final List<byte[]> blocks = new ArrayList<>();
  private int count;

  void add(Message.Data data) {
    int at = 0;
    while (at < data.count()) {
      int used = count % BLOCK;
      if (used == 0) {
        blocks.add(new byte[BLOCK]);
      }
      int some = Math.min(data.count() - at, BLOCK - used);
      System.arraycopy(data.bytes(), at, blocks.getLast(), used, some);
      at += some;
      count += some;
    }
  }

  /** All data, in order. Nothing may be added afterwards. */
  List<Message.Data> all() {
    List<Message.Data> all = new ArrayList<>();
    int left = count;
    for (byte[] block : blocks) {
      int some = Math.min(left, BLOCK);
      all.add(new Message.Data(Message.Stream.DATA, block, some));
      left -= some;
    }
    return List.copyOf(all);
  }
}
