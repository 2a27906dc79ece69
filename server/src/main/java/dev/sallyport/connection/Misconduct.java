package dev.sallyport.connection;

/**
 * Why a source is penalised, as with OpenSSH's PerSourcePenalties (sshd_config(5)). Three of its
 * causes do not exist here: no process crashes with a connection (crash), there is no
 * RefuseConnection (refuseconnection), and an unknown user (invaliduser) is a failed attempt like
 * any other, because only the plugins know the users.
 */
enum Misconduct {
  /** The connection ended after failed attempts to log in, and without a login. */
  AUTHENTICATION_FAILED("failed to log in"),

  /** The connection ended without an attempt to log in. */
  NO_AUTHENTICATION("connected without trying to log in"),

  /** The login took longer than {@link Limits#loginGrace}. */
  GRACE_EXCEEDED("did not log in in time"),

  /**
   * Before the login, the client sent more or larger messages than a login takes, rekeyed, or
   * violated the protocol, all of which costs the bastion time and memory. OpenSSH has no such
   * cause.
   */
  FLOOD("flooded the bastion with messages before a login");

  private final String text;

  Misconduct(String text) {
    this.text = text;
  }

  /** What the source did, as text. */
  String text() {
    return text;
  }
}
