package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says in our own words what went wrong, the same each time, so that it is told once. */
final class Failure {
  private static final int DEEPEST = 20;

  private Failure() {}

  static String of(LDAPException e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      String text =
          switch (cause) {
            case CertificateExpiredException _ -> "has a certificate that has expired";
            case CertificateNotYetValidException _ -> "has a certificate that is not valid yet";
            default -> "";
          };
      if (!text.isEmpty()) {
        return text;
      }
      cause = cause.getCause();
    }
    return ofOthers(e);
  }

  private static String ofOthers(LDAPException e) {
    String text = byCause(e);
    if (!text.isEmpty()) {
      return text;
    }
    String message = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
    if (message.contains("expired")) {
      return "has a certificate that has expired";
    }
    if (message.contains("hostname") || message.contains("does not match")) {
      return "has a certificate for another name";
    }
    if (message.contains("pkix") || message.contains("certif")) {
      return "has a certificate that no trusted authority has signed";
    }
    return switch (e.getResultCode().intValue()) {
      case ResultCode.INVALID_CREDENTIALS_INT_VALUE -> "rejects the password";
      case ResultCode.TIMEOUT_INT_VALUE -> "does not answer in time";
      case ResultCode.CONNECT_ERROR_INT_VALUE -> "cannot be connected to, or not in time";
      case ResultCode.SERVER_DOWN_INT_VALUE -> "ended the connection";
      case ResultCode.INAPPROPRIATE_AUTHENTICATION_INT_VALUE -> "does not encrypt the connection";
      default -> "answers: " + e.getResultCode().getName();
    };
  }

  private static String byCause(LDAPException e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      String text =
          switch (cause) {
            case UnknownHostException _ -> "has no address";
            case SocketTimeoutException _ -> "does not answer in time";
            case NoRouteToHostException _ -> "cannot be reached";
            case ConnectException _ -> "takes no connections";
            case CertificateException _ -> "has a certificate that no trusted authority has signed";
            case SSLException _ ->
                String.valueOf(cause.getMessage()).contains("PKIX")
                    ? "has a certificate that no trusted authority has signed"
                    : "";
            default -> "";
          };
      if (!text.isEmpty()) {
        return text;
      }
      cause = cause.getCause();
    }
    return "";
  }
}
