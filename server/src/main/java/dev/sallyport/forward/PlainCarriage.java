package dev.sallyport.forward;

import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.recording.traffic.TrafficObserver;
import dev.sallyport.transport.KernelThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Carries bytes unchanged. The forward's own thread carries from the client to the target, and a
 * platform thread carries back. Each holds one packet at most.
 */
final class PlainCarriage implements Carriage {
  /**
   * Memory of a forward besides the window, in bytes: the packet for data from the target (33 KiB),
   * the first bytes of both sides until their protocol is known (16 KiB), and the counters of the
   * traffic (2 KiB).
   */
  static final int MEMORY = 52 * 1024;

  private final Forward forward;
  private final ClientEnd client;
  private final SocketChannel target;
  private final String user;
  private final String id;
  private final TrafficObserver observer = new TrafficObserver(System::nanoTime);
  private volatile boolean clientGone;

  /**
   * @param user whose forward it is
   * @param id the forward's, for the name of its thread
   */
  PlainCarriage(Forward forward, ClientEnd client, SocketChannel target, String user, String id) {
    this.forward = forward;
    this.client = client;
    this.target = target;
    this.user = user;
    this.id = id;
  }

  @Override
  public void carry() throws InterruptedException {
    // The kernel wakes a platform thread directly. A virtual one costs a round trip two more
    // switches: to the poller, and from there to a carrier.
    Thread down = KernelThreads.start(user, "down-" + id, this::carryDown);
    carryUp();
    down.join();
  }

  // ---- from the target to the client ----

  private void carryDown() {
    try {
      Buffer packet = client.newPacket();
      for (int room = client.awaitRoom(); room > 0; room = client.awaitRoom()) {
        int count = target.read(ByteBuffer.wrap(packet.array(), ClientEnd.PAYLOAD, room));
        if (count < 0) {
          forward.ended("the target ended it");
          client.sendEnd();
          return;
        }
        observer.fromTarget(ByteBuffer.wrap(packet.array(), ClientEnd.PAYLOAD, count));
        packet = client.send(packet, count);
      }
    } catch (IOException | RuntimeException e) {
      client.endOfInput();
      forward.end("connection to the target or the client lost: " + Forward.messageOf(e));
    } catch (InterruptedException e) {
      forward.ended("interrupted");
    }
  }

  // ---- from the client to the target ----

  private void carryUp() {
    try {
      for (ByteBuffer bytes = client.next(); bytes.hasRemaining(); bytes = client.next()) {
        int count = bytes.remaining();
        observer.toTarget(bytes);
        while (bytes.hasRemaining()) {
          target.write(bytes);
        }
        client.taken(count);
      }
      target.shutdownOutput();
    } catch (IOException | RuntimeException e) {
      // The target reads no more. Its data still goes to the client, and its end ends the forward.
      forward.ended("the target takes no more: " + Forward.messageOf(e));
      client.endOfInput();
    } catch (InterruptedException e) {
      forward.ended("interrupted");
    } finally {
      if (clientGone) {
        cut();
      }
    }
  }

  // ---- end ----

  @Override
  public void clientGone() {
    forward.ended("the client closed it");
    clientGone = true;
    client.endOfOutput();
    boolean alreadyCarried = client.isDrained();
    client.endOfInput();
    if (alreadyCarried) {
      cut();
    }
  }

  @Override
  public void cut() {
    Forward.closeQuietly(target);
  }

  @Override
  public TrafficSummary traffic() {
    return Summaries.of(observer.traffic());
  }
}
