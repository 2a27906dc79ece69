package dev.sallyport.operations;

import dev.sallyport.support.linux.NotifySocket;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the service manager that started this server, such as systemd, when it is ready
 * (systemd.service(5), {@code Type=notify}; sd_notify(3)). Does nothing without one. A message that
 * cannot be sent is logged, and has no other effect. For all threads.
 */
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final int SHOWN = 500;
  private static final int NANOS_PER_MICRO = 1000;

  private final Optional<NotifySocket> socket;

  private ServiceManager(Optional<NotifySocket> socket) {
    this.socket = socket;
  }

  /** The service manager that {@code NOTIFY_SOCKET} names; none without that variable. */
  public static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
            .filter(name -> !name.isEmpty())
            .map(NotifySocket::new));
  }

  /** No service manager. */
  public static ServiceManager none() {
    return new ServiceManager(Optional.empty());
  }

  /**
   * Clients are accepted. Also called after each reload, whatever its result.
   *
   * @param status a sentence for {@code systemctl status}
   */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + line(status));
  }

  /** A reload begins, which {@link #ready} ends. */
  public void reloading() {
    // CLOCK_MONOTONIC, which the JDK reads on Linux, distinguishes two reloads.
    send(
        "RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=reloading"
            .formatted(System.nanoTime() / NANOS_PER_MICRO));
  }

  /** The server is stopping. */
  public void stopping(String status) {
    send("STOPPING=1\nSTATUS=" + line(status));
  }

  /** Why the server does not start. */
  public void failed(String reason) {
    send("STATUS=" + line(reason));
  }

  /** A newline would begin another assignment. */
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
