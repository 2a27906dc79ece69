package dev.sallyport.operations;

import dev.sallyport.linux.NotifySocket;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started this server, such as systemd, which wants to know when it is
 * ready (systemd.service(5), {@code Type=notify}; sd_notify(3)). Without one nothing happens. A
 * message that cannot be sent is logged and stops nobody. For all threads.
 */
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final int SHOWN = 500;
  private static final int NANOS_PER_MICRO = 1000;

  private final Optional<NotifySocket> socket;

  private ServiceManager(Optional<NotifySocket> socket) {
    this.socket = socket;
  }

  /** The one that {@code NOTIFY_SOCKET} names; without that variable none. */
  public static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
            .filter(name -> !name.isEmpty())
            .map(NotifySocket::new));
  }

  /** None: for servers that something else than a service manager runs. */
  public static ServiceManager none() {
    return new ServiceManager(Optional.empty());
  }

  /**
   * Clients are accepted; also said after each reload, whatever became of it.
   *
   * @param status a sentence for {@code systemctl status}
   */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + line(status));
  }

  /** The configuration is being read again; {@link #ready} ends that. */
  public void reloading() {
    // CLOCK_MONOTONIC, which is what the JDK reads on Linux, tells two reloads apart.
    send(
        "RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=reloading"
            .formatted(System.nanoTime() / NANOS_PER_MICRO));
  }

  /** The server is ending. */
  public void stopping(String status) {
    send("STOPPING=1\nSTATUS=" + line(status));
  }

  /** Why the server does not start. */
  public void failed(String reason) {
    send("STATUS=" + line(reason));
  }

  /** Another line would be another assignment. */
  private static String line(String status) {
    String line = status.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
  }

  private void send(String message) {
    try {
      if (socket.isPresent()) {
        socket.get().send(message);
      }
    } catch (IOException | IllegalCallerException e) {
      LOG.warn("the service manager was not notified: {}", e.getMessage());
    }
  }
}
