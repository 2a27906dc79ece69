package dev.sallyport.spi;

import java.util.Set;

/**
 * What a plugin says of an offered key. The first plugin that does not answer {@link Unclaimed}
 * decides.
 */
public sealed interface Verdict {
  /**
   * The key may log in once possession is proven.
   *
   * @param user who the bearer is on the bastion; the name the client asked for, unless the plugin
   *     maps it
   * @param groups the user's groups by this source, added to those of the configuration
   * @param label what a human calls the key (its comment, a certificate's key id); may be empty,
   *     may be any text
   * @param restrictions what the source demands; applied by the server, never by the plugin
   */
  record Accepted(String user, Set<String> groups, String label, Restrictions restrictions)
      implements Verdict {
    public Accepted {
      if (user.isBlank()) {
        throw new IllegalArgumentException("an accepted key without a user");
      }
      groups = Set.copyOf(groups);
    }
  }

  /**
   * The plugin knows this key, and refuses it: revoked, expired, or it bears an option that is not
   * honoured.
   *
   * @param reason for the audit log and the operator, never for the client; a sentence without a
   *     full stop
   */
  record Refused(String reason) implements Verdict {
    public Refused {
      if (reason.isBlank()) {
        throw new IllegalArgumentException("a refusal without a reason");
      }
    }
  }

  /**
   * The plugin has nothing to say: the next one is asked; when all are silent, the key is refused.
   */
  record Unclaimed() implements Verdict {}
}
