package dev.sallyport.auth;

import java.util.List;

/**
 * A decision about an offered key, with what it was made of.
 *
 * @param asked the plugins that were asked, in their order; those behind the last were not
 */
public record KeyDecision(List<PluginAnswer> asked, Answer answer) {
  public KeyDecision {
    asked = List.copyOf(asked);
  }
}
