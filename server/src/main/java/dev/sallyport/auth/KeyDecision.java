package dev.sallyport.auth;

import java.util.List;

/**
 * A decision about an offered key, with its reasons.
 *
 * @param asked the plugins that were asked, in their order; later plugins were not asked
 */
public record KeyDecision(List<PluginAnswer> asked, Answer answer) {
  public KeyDecision {
    asked = List.copyOf(asked);
  }
}
