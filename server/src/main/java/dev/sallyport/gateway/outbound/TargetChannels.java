package dev.sallyport.gateway.outbound;

import java.io.IOException;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientConnectionService;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Passes a target's refusals to channels of all classes, where the library knows its own only and
 * would end the whole connection. The connection protocol (RFC 4254) towards a target, on the
 * connection's reading thread.
 */
final class TargetChannels extends ClientConnectionService {
  private TargetChannels(AbstractClientSession session) throws SshException {
    super(session);
  }

  /** Creates the service of each connection. */
  static final class Factory extends ClientConnectionServiceFactory {
    @Override
    public Service create(Session session) throws IOException {
      return new TargetChannels((AbstractClientSession) session);
    }
  }

  @Override
  public void channelOpenFailure(Buffer buffer) throws IOException {
    Channel channel = getChannel(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, buffer);
    if (channel != null) {
      channel.handleOpenFailure(buffer);
    }
  }
}
