package dev.sallyport.auth;

/** Whether a login may go on. */
public sealed interface Recheck {
  /**
   * It may.
   *
   * @param identity as the source has it now
   * @param claim whose word it rests on from now on
   */
  record Stands(Identity identity, Claim claim) implements Recheck {}

  /**
   * It may not.
   *
   * @param reason for the audit log, never for the client; escaped
   */
  record Revoked(String reason) implements Recheck {}

  /**
   * Nobody could tell, because a source did not answer. That is no revocation.
   *
   * @param reason for the operator; escaped
   */
  record Unknown(String reason) implements Recheck {}
}
