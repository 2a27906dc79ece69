package dev.sallyport.connection;

/**
 * Why a source is penalised, as OpenSSH's PerSourcePenalties has it (sshd_config(5)). Three of its
 * causes are not ours: no process dies with a connection (crash), there is no RefuseConnection
 * (refuseconnection), and nobody but the plugins knows who is a user (invaliduser): an unknown one
 * is a failed attempt like any other.
 */
enum Misconduct {
  /** The connection ended after failed attempts to log in, and without a login. */
  AUTHENTICATION_FAILED("failed to log in"),

  /** The connection ended without an attempt to log in. */
  NO_AUTHENTICATION("connected without trying to log in"),

  /** The login took longer than {@link Limits#loginGrace}. */
  GRACE_EXCEEDED("did not log in in time"),

  /**
   * Before the login the client sent more messages or larger ones than a login takes, asked for new
   * keys again, or sent what the protocol forbids at that point: work and memory of the bastion
   * that bring no login nearer. Our own; OpenSSH has no such cause.
   */
  FLOOD("flooded the bastion with messages before a login");

  private final String text;

  Misconduct(String text) {
    this.text = text;
  }

  /** What the source did, in words. */
  String text() {
    return text;
  }
}
