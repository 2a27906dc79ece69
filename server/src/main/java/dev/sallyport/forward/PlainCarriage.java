package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.model.SafeText;
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

  /** Characters of a failure's message that are logged. */
  private static final int SHOWN = 200;

  private final ForwardRequest request;
  private final EndReason endReason;
  private final ClientEnd client;
  private final SocketChannel target;
  private final AuditEvent.Forward facts;
  private final TrafficObserver observer = new TrafficObserver(System::nanoTime);
  private volatile boolean clientGone;

  PlainCarriage(
      ForwardRequest request, EndReason endReason, SocketChannel target, AuditEvent.Forward facts) {
    this.request = request;
    this.endReason = endReason;
    this.client = request.client();
    this.target = target;
    this.facts = facts;
  }

  @Override
  public void carry() throws InterruptedException {
    // The kernel wakes a platform thread directly. A virtual one costs a round trip two more
    // switches: to the poller, and from there to a carrier.
    Thread down = KernelThreads.start(facts.user(), "down-" + facts.id(), this::carryDown);
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
          endReason.because("the target ended it");
          client.sendEnd();
          return;
        }
        observer.fromTarget(ByteBuffer.wrap(packet.array(), ClientEnd.PAYLOAD, count));
        packet = client.send(packet, count);
      }
    } catch (IOException | RuntimeException e) {
      client.endOfInput();
      endReason.failed(
          "connection to the target or the client lost: " + SafeText.messageOf(e, SHOWN));
      cut();
      request.endSoon();
    } catch (InterruptedException e) {
      endReason.because("interrupted");
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
      endReason.because("the target takes no more: " + SafeText.messageOf(e, SHOWN));
      client.endOfInput();
    } catch (InterruptedException e) {
      endReason.because("interrupted");
    } finally {
      if (clientGone) {
        cut();
      }
    }
  }

  // ---- end ----

  @Override
  public void clientGone() {
    endReason.because("the client closed it");
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
    Carriage.closeQuietly(target);
  }

  @Override
  public TrafficSummary traffic() {
    return Summaries.of(observer.traffic());
  }
}
