package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one line of a file says. */
public sealed interface KeyLine {
  /** Nothing: empty, or a comment. */
  record Blank() implements KeyLine {}

  /**
   * No key can be read from it.
   *
   * @param what what is wrong; nothing of the line but names of options and types, because a
   *     private key may have been pasted
   */
  record Wrong(String what) implements KeyLine {}

  /**
   * A key that must not log in.
   *
   * @param reason a sentence without a full stop
   */
  record RefusedKey(OfferedKey key, String reason) implements KeyLine {}

  /**
   * A key that may log in.
   *
   * @param comment what stands after it; may be empty
   * @param users who may log in with it; none when the file says that
   * @param withoutEffect names of options that give or take nothing here
   */
  record UsableKey(
      OfferedKey key,
      String comment,
      Restrictions restrictions,
      Optional<Set<String>> users,
      List<String> withoutEffect)
      implements KeyLine {
    public UsableKey {
      withoutEffect = List.copyOf(withoutEffect);
    }
  }

  /**
   * The key of an authority, whose certificates may log in ({@code cert-authority}).
   *
   * @param comment what stands after it; may be empty
   * @param restrictions what the line demands beside what a certificate does
   * @param principals of which a certificate must name one; none when the line does not say
   * @param withoutEffect names of options that give or take nothing here
   */
  record Authority(
      OfferedKey key,
      String comment,
      Restrictions restrictions,
      Optional<Set<String>> principals,
      List<String> withoutEffect)
      implements KeyLine {
    public Authority {
      withoutEffect = List.copyOf(withoutEffect);
    }
  }
}
