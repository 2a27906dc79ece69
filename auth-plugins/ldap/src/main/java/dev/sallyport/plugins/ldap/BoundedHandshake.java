package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import com.unboundid.util.ssl.SSLSocketVerifier;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/**
 * Makes the TLS handshake, in bounded time, and looks whether the certificate is for the server's
 * name. The library alone would wait without end for a server that takes the connection and is
 * silent.
 */
final class BoundedHandshake extends SSLSocketVerifier {
  private final HostNameSSLSocketVerifier names = new HostNameSSLSocketVerifier(true);
  private final int millis;

  BoundedHandshake(Duration time) {
    millis = Math.toIntExact(time.toMillis());
  }

  @Override
  public void verifySSLSocket(String host, int port, SSLSocket socket) throws LDAPException {
    try {
      socket.setSoTimeout(millis);
      socket.startHandshake();
      // From now on the library waits for each answer with a timeout of its own.
      socket.setSoTimeout(0);
    } catch (IOException failed) {
      throw new LDAPException(ResultCode.CONNECT_ERROR, "no TLS handshake", failed);
    }
    names.verifySSLSocket(host, port, socket);
  }
}
