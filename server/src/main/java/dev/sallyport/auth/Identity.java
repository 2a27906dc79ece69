package dev.sallyport.auth;

import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.User;
import dev.sallyport.spi.Restrictions;

/**
 * Who a key or certificate speaks for, once it is proven.
 *
 * @param user with the groups of the configuration and of the plugin, and with the second factor
 *     that was proven, if one was
 * @param restrictions what its source demands; ask {@link RestrictionEvaluator}
 * @param plugin the type of the plugin that decided
 * @param label what a human calls the key; may be empty
 */
public record Identity(User user, Restrictions restrictions, String plugin, String label) {
  /** The same login as its source has it now; what the client proved then stays proven. */
  public Identity renewedBy(Identity now) {
    return new Identity(
        now.user().with(user.secondFactor()), now.restrictions(), now.plugin(), now.label());
  }

  /** The same, with what was proven besides the key. */
  public Identity with(SecondFactor proven) {
    return new Identity(user.with(proven), restrictions, plugin, label);
  }
}
