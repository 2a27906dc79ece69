package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import java.util.Optional;

/** Where the groups of a user are. */
sealed interface Groups {
  /** Nowhere: the configuration has all of them. */
  record None() implements Groups {}

  /** In an attribute of the user, as names of entries, of which those below the base count. */
  record Attribute(String name, DN base) implements Groups {}

  /**
   * In entries below the base that the filter matches.
   *
   * @param token what the filter has in it: the name of the user or of the user's entry
   */
  record Search(NameFilter filter, Token token, DN base) implements Groups {}

  /** What a filter for groups compares with its members. */
  enum Token {
    /** The user's name ({@code memberUid}). */
    USER("%u"),
    /** The name of the user's entry ({@code member}). */
    ENTRY("%d");

    private final String text;

    Token(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * What the bastion calls a group: the CN of its entry. Of entries elsewhere nothing, because
   * whoever may make entries somewhere in the directory could make one of that name.
   */
  static Optional<String> name(String entry, DN base) {
    try {
      DN dn = new DN(entry);
      RDN first = dn.getRDN();
      if (first == null || !dn.isDescendantOf(base, false) || !first.hasAttribute("cn")) {
        return Optional.empty();
      }
      String[] names = first.getAttributeNames();
      for (int i = 0; i < names.length; i++) {
        if (names[i].equalsIgnoreCase("cn")) {
          return Optional.of(first.getAttributeValues()[i]).filter(name -> !name.isBlank());
        }
      }
      return Optional.empty();
    } catch (LDAPException malformed) {
      return Optional.empty();
    }
  }
}
