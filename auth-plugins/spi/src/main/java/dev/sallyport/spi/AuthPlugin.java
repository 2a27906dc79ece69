package dev.sallyport.spi;

import java.util.List;
import java.util.Optional;

/**
 * One configured source of authentication.
 *
 * <p>Every method may be called by many threads at once, each a virtual thread that may wait; a
 * plugin bounds its own waiting (a directory or a program that hangs may hold up the asking
 * connection only, and not for long). Whatever a method throws lets nobody in.
 */
public interface AuthPlugin extends AutoCloseable {
  /**
   * What this plugin says of a key that a client <em>offers</em>. The client may not have proven
   * possession yet: the same question is asked for the unsigned probe (RFC 4252, section 7), again
   * with the signature, and every few seconds for live logins of plugins that come later, which end
   * when this one claims the key and refuses it. So the answer depends on the arguments and on the
   * plugin's source alone, and asking must not count, log or change anything that stands for a
   * login.
   *
   * @throws Exception when the plugin cannot tell; the key is refused
   */
  Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception;

  /**
   * Whether a login that this plugin accepted may go on: asked every few seconds while the
   * connection lives and no plugin before it claims the key. {@link Verdict.Refused} ends it, or
   * {@link Verdict.Accepted} for another user; after {@link Verdict.Unclaimed} the plugins that
   * come later are asked. The question of the login asked again, unless the source gives rights to
   * log in that are shorter than connections (EC2 Instance Connect's keys live for 60 s), or asking
   * it so often is too dear.
   *
   * @param attempt as at the login, with the time of now
   * @throws Exception when the plugin cannot tell, because a peer is down say; that is no
   *     revocation, and the server decides how long it goes on without an answer
   */
  default Verdict recheck(LoginAttempt attempt, OfferedKey key) throws Exception {
    return publicKey(attempt, key);
  }

  /**
   * Looks at everything that the plugin's source has on this machine, such as the file of each
   * user, and tells its reporter what is wrong with it. For {@code sallyport config check} alone,
   * since a start must not wait for it; takes as long as it needs, and changes nothing.
   */
  default void examine() {}

  /**
   * What the plugin's source has of a user, whatever key they may offer. For {@code sallyport login
   * explain} alone; may ask the network as a login does, within a bounded time, and changes
   * nothing.
   *
   * @return empty when the plugin can only answer for a key
   * @throws Exception when the source does not answer
   */
  default List<Known> known(LoginAttempt attempt) throws Exception {
    return List.of();
  }

  /**
   * Which users the plugin's source can let in, as far as this machine knows without asking the
   * network. For {@code sallyport config check} alone; changes nothing.
   */
  default KnownUsers users() {
    return KnownUsers.UNKNOWN;
  }

  /** The second factor this plugin can ask for, if it has one. */
  default Optional<InteractiveFactor> interactiveFactor() {
    return Optional.empty();
  }

  /** The networks that this plugin's source knows, if it knows any. */
  default Optional<NetworkSource> networkSource() {
    return Optional.empty();
  }

  /**
   * Gives up threads, files and connections. Called after the last question has its answer or was
   * interrupted; calling it again does nothing.
   */
  @Override
  default void close() {}
}
