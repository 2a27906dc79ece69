package dev.sallyport.recording.files;

import dev.sallyport.Fuzz;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What passed in a real session, in the order in which it passed. Safe for several threads. */
final class Transcript {
  private final List<Piece> pieces = new ArrayList<>();

  /** Where the bytes of a session go. */
  interface Observer {
    void toTarget(byte[] data, int offset, int count);

    void fromTarget(byte[] data, int offset, int count);

    void end();
  }

  private static final class Piece {
    final boolean toTarget;
    final byte[] bytes;

    Piece(boolean toTarget, byte[] bytes) {
      this.toTarget = toTarget;
      this.bytes = bytes;
    }
  }

  synchronized void add(boolean toTarget, byte[] data, int count) {
    pieces.add(new Piece(toTarget, Arrays.copyOf(data, count)));
  }

  /** Plays it again, cut at other places, and inside a larger array. */
  synchronized void replay(Fuzz fuzz, int longest, Observer observer) {
    for (Piece piece : pieces) {
      int at = 0;
      while (at < piece.bytes.length) {
        int count = Math.min(piece.bytes.length - at, 1 + fuzz.below(longest));
        byte[] larger = new byte[count + 7];
        System.arraycopy(piece.bytes, at, larger, 3, count);
        send(observer, piece.toTarget, larger, 3, count);
        at += count;
      }
    }
    observer.end();
  }

  /** Plays it with some bytes changed. */
  synchronized void replayDamaged(Fuzz fuzz, Observer observer) {
    for (Piece piece : pieces) {
      byte[] bytes = piece.bytes.clone();
      if (bytes.length > 0 && fuzz.below(3) == 0) {
        int near = Math.min(bytes.length, 64);
        bytes[fuzz.below(fuzz.below(2) == 0 ? near : bytes.length)] = (byte) fuzz.below(256);
      }
      if (fuzz.below(40) != 0) {
        send(observer, piece.toTarget, bytes, 0, bytes.length);
      }
    }
    observer.end();
  }

  private static void send(Observer observer, boolean toTarget, byte[] data, int at, int count) {
    if (toTarget) {
      observer.toTarget(data, at, count);
    } else {
      observer.fromTarget(data, at, count);
    }
  }

  /** An observer of sftp, for the tests. */
  static Observer sftp(SftpObserver observer) {
    return new Observer() {
      @Override
      public void toTarget(byte[] data, int offset, int count) {
        observer.toTarget(data, offset, count);
      }

      @Override
      public void fromTarget(byte[] data, int offset, int count) {
        observer.fromTarget(data, offset, count);
      }

      @Override
      public void end() {
        observer.end();
      }
    };
  }

  /** An observer of scp, for the tests. */
  static Observer scp(ScpObserver observer) {
    return new Observer() {
      @Override
      public void toTarget(byte[] data, int offset, int count) {
        observer.toTarget(data, offset, count);
      }

      @Override
      public void fromTarget(byte[] data, int offset, int count) {
        observer.fromTarget(data, offset, count);
      }

      @Override
      public void end() {
        observer.end();
      }
    };
  }
}
