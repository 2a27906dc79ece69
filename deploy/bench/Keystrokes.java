import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What a user waits for between a key and its character on the screen, in a terminal session. */
final class Keystrokes {
  private final int count;

  /**
   * @param count of the keystrokes that are measured; as many go before them
   */
  Keystrokes(int count) {
    this.count = count;
  }

  /** One key after the other; the terminal is raw and a program echoes, as shells and vim do. */
  RoundTrips.Sample run(Route route) throws IOException, InterruptedException {
    try (OpenSession session =
        OpenSession.start(route, route.terminal("stty raw -echo; echo ready; exec cat"))) {
      OutputStream keyboard = session.input();
      InputStream screen = session.output();
      long[] nanoseconds = new long[count];
      for (int i = -count; i < count; i++) {
        // Not always the same, or a terminal between that echoes too would pass for a fast one.
        int key = 'a' + (i + count) % 26;
        long start = System.nanoTime();
        keyboard.write(key);
        keyboard.flush();
        int shown = screen.read();
        if (shown != key) {
          throw session.failure("key " + (i + count) + " became " + shown);
        }
        if (i >= 0) {
          nanoseconds[i] = System.nanoTime() - start;
        }
      }
      return RoundTrips.Sample.of(nanoseconds);
    }
  }
}
