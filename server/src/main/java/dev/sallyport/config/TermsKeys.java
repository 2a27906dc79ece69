package dev.sallyport.config;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.Terms;
import dev.sallyport.model.Terms.Inner;
import dev.sallyport.model.Terms.Input;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The keys of a rule that determine its terms. */
final class TermsKeys {
  private static final List<String> OF_SESSIONS =
      List.of("logins", "credential", "inner", "input", "input-without-echo");

  private TermsKeys() {}

  /**
   * @param credentials the names of all credentials
   */
  static Terms read(Block block, Set<String> credentials) {
    String mode = block.string("record").orElse("metadata");
    Terms.Session session =
        new Terms.Session(
            Set.copyOf(block.parsedList("logins", TermsKeys::login)),
            block.string("credential").orElse(""),
            Set.copyOf(block.parsedList("inner", TermsKeys::inner)),
            readInput(block));
    if (mode.equals("session")) {
      check(block, session, credentials);
      return session;
    }
    if (!mode.equals("metadata")) {
      block.error("record", Block.shown(mode) + " must be \"metadata\" or \"session\"");
    }
    for (String key : OF_SESSIONS) {
      if (block.has(key)) {
        block.error(key, "has a meaning only with record = session");
      }
    }
    return Terms.METADATA;
  }

  private static void check(Block block, Terms.Session session, Set<String> credentials) {
    if (!block.has("logins")) {
      block.error("logins", "is missing: who may be logged in as on the target");
    } else if (block.isEmptyList("logins")) {
      block.error("logins", "must not be empty");
    }
    if (!block.has("credential")) {
      block.error("credential", "is missing: a name of sallyport.credentials");
    } else if (!credentials.contains(session.credential())) {
      block.error(
          "credential",
          Block.shown(session.credential())
              + " is not in sallyport.credentials"
              + Nearest.hint(session.credential(), credentials));
    }
  }

  private static Input readInput(Block block) {
    boolean input = block.bool("input", false);
    boolean all = block.bool("input-without-echo", false);
    if (all && !input) {
      block.error("input-without-echo", "needs input = true beside it");
    }
    return all ? Input.ALL : input ? Input.ECHOED : Input.NONE;
  }

  /** The syntax of a login on a target, as far as the bastion restricts it. */
  private static Parsed<String> login(String text) {
    return text.equals(Terms.Session.ANY_LOGIN) || text.matches("[!-~]{1,255}")
        ? new Parsed.Valid<>(text)
        : new Parsed.Malformed<>("is not a login: 1 to 255 printable ASCII characters, no space");
  }

  private static Parsed<Inner> inner(String text) {
    for (Inner one : Inner.values()) {
      if (text.equals(name(one))) {
        return new Parsed.Valid<>(one);
      }
    }
    return new Parsed.Malformed<>("must be \"forward\" or \"agent\"");
  }

  private static String name(Inner inner) {
    return inner.name().toLowerCase(Locale.ROOT);
  }

  static void print(Terms terms, Map<String, Object> block) {
    switch (terms) {
      case Terms.Metadata() -> block.put("record", "metadata");
      case Terms.Session session -> {
        block.put("record", "session");
        block.put("logins", session.logins().stream().sorted().toList());
        block.put("credential", session.credential());
        block.put("inner", session.inner().stream().map(TermsKeys::name).sorted().toList());
        block.put("input", session.input() != Input.NONE);
        block.put("input-without-echo", session.input() == Input.ALL);
      }
    }
  }
}
