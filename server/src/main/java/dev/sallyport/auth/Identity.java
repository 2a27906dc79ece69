package dev.sallyport.auth;

import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.User;
import dev.sallyport.spi.Restrictions;

/**
 * The identity of a user whose key or certificate is proven.
 *
 * @param user with the groups of the configuration and of the plugin, and with the second factor
 *     that was proven, if one was
 * @param restrictions those of the key; evaluated only by {@link RestrictionEvaluator}
 * @param plugin the type of the plugin that decided
 * @param label the key's comment; may be empty
 */
public record Identity(User user, Restrictions restrictions, String plugin, String label) {
  /** The same login with the identity that the plugin gives now. Proven factors stay proven. */
  public Identity renewedBy(Identity now) {
    return new Identity(
        now.user().with(user.secondFactor()), now.restrictions(), now.plugin(), now.label());
  }

  /** The same, with a proven second factor. */
  public Identity with(SecondFactor proven) {
    return new Identity(user.with(proven), restrictions, plugin, label);
  }
}
