package dev.sallyport.auth;

/** The result of rechecking a login. */
public sealed interface Recheck {
  /**
   * It is valid.
   *
   * @param identity as the plugin gives it now
   * @param claim the acceptance that it is based on from now on
   */
  record Stands(Identity identity, Claim claim) implements Recheck {}

  /**
   * It is not valid any more.
   *
   * @param reason for the audit log, never for the client; escaped
   */
  record Revoked(String reason) implements Recheck {}

  /**
   * A plugin could not answer. That is no revocation.
   *
   * @param reason for the operator; escaped
   */
  record Unknown(String reason) implements Recheck {}
}
