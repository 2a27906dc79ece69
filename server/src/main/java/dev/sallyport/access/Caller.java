package dev.sallyport.access;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The user of one client's connection, for the forwards and sessions that the user opens: who it
 * is, and what it may do now. Keys expire, rules change and hours end, so each question is answered
 * anew. The connection implements it. For all threads.
 */
public interface Caller {
  /** The client's connection, for the audit log. */
  AuditEvent.Connection connection();

  User user();

  /** What the user, and targets on the user's behalf, may make the process keep. */
  MemoryShare memory();

  /**
   * Decides, by the restrictions and the rules, whether and where it may go. Resolves the target's
   * name, so it may wait.
   *
   * @param act {@link Act#FORWARD} or {@link Act#SESSION}
   * @param target as the client asked for it
   */
  Decision decide(Act act, Target target);

  /**
   * Decides once more on what was granted. Never waits.
   *
   * @param target as the client asked for it
   * @param dialled the address that was dialled
   */
  Decision decideAgain(Act act, Target target, InetAddress dialled);

  /** Why the restrictions forbid it; empty when they do not. */
  Optional<Denial> forbids(Act act);

  /** The only command that sessions may run, where the key or certificate names one. */
  Optional<String> forcedCommand();

  /**
   * Why what was granted may not continue; empty while it may, be it by another rule. Never waits.
   *
   * @param act as it was granted: {@link Act#FORWARD} or {@link Act#SESSION}
   * @param target as the client asked for it
   * @param dialled the address that was dialled
   * @param held the terms on which it began
   * @param login the account on the target, once that is known
   * @return a sentence without a full stop; escaped
   */
  default Optional<String> whyNoMore(
      Act act, Target target, InetAddress dialled, Terms held, Optional<String> login) {
    return StillGranted.whyNot(decideAgain(act, target, dialled), target, held, login);
  }
}
