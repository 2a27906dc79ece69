package dev.sallyport.gateway.inspect;

import dev.sallyport.model.Denial;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;

/**
 * The connection protocol (RFC 4254) inside an inspected forward: sessions, and forwards where the
 * rule allows them. On the inner connection's reading thread.
 */
final class InnerChannelService extends ServerChannels {
  private final InnerConnection connection;

  InnerChannelService(InnerConnection connection) throws IOException {
    super(
        connection,
        connection.caller().memory(),
        connection.inspections().settings().channelsPerConnection());
    this.connection = connection;
  }

  @Override
  protected Optional<Denial> whyNot(String type) {
    Optional<Denial> now = connection.channels().whyNot();
    if (now.isPresent()) {
      return now;
    }
    return switch (type) {
      case SESSION -> Optional.empty();
      case FORWARD ->
          connection.terms().inner().contains(Terms.Inner.FORWARD)
              ? Optional.empty()
              : Optional.of(
                  new Denial(
                      Denial.Reason.RESTRICTED,
                      "forwards inside a recorded session are not allowed by rule "
                          + connection.inspected().shownRule()));
      default -> Optional.of(new Denial(Denial.Reason.RESTRICTED, whyNoChannel(type)));
    };
  }

  /** Called by the library's channel factories. */
  Channel newSession() {
    return connection.channels().newSession(place());
  }

  Channel newForward() {
    return connection.channels().newForward(place());
  }

  @Override
  protected boolean mayTellNow() {
    return connection.inspections().rate(connection.inspected()).takeNow(1);
  }

  @Override
  protected void tell(String kind, String detail, String reason) {
    connection.told(kind, detail, reason);
  }
}
