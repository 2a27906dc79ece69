package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads single lines as sshd(8) describes them: options, type, base64 and comment, separated by
 * spaces or tabs. Immutable, for all threads.
 */
public final class KeyLineParser {
  private static final Pattern TYPE_NAME = Pattern.compile("[a-z0-9][a-z0-9@.-]{2,63}+");

  private final KeyOwner kind;
  private final ZoneId zone;
  private final Authorities authorities;

  /** What becomes of a line with {@code cert-authority}. */
  private enum Authorities {
    /** It is refused, because nobody here asks about certificates. */
    REFUSED,
    /** It is read. */
    READ
  }

  private KeyLineParser(KeyOwner kind, ZoneId zone, Authorities authorities) {
    this.kind = kind;
    this.zone = zone;
    this.authorities = authorities;
  }

  /**
   * For a reader that does not ask about certificates: {@code cert-authority} refuses the key.
   *
   * @param zone the system's, in which {@code expiry-time} is meant
   */
  public KeyLineParser(KeyOwner kind, ZoneId zone) {
    this(kind, zone, Authorities.REFUSED);
  }

  /**
   * For a reader that asks about certificates too.
   *
   * @param zone the system's, in which {@code expiry-time} is meant
   */
  public static KeyLineParser withAuthorities(KeyOwner kind, ZoneId zone) {
    return new KeyLineParser(kind, zone, Authorities.READ);
  }

  /** Reads a line, without its end. */
  public KeyLine parse(String line) {
    String text = stripStart(line);
    if (text.isEmpty() || text.startsWith("#")) {
      return new KeyLine.Blank();
    }
    if (text.indexOf('\r') >= 0) {
      return new KeyLine.Wrong("has a carriage return in it: save the file with Unix line ends");
    }
    Optional<String> foreign = foreignFormat(text);
    if (foreign.isPresent()) {
      return new KeyLine.Wrong(foreign.get());
    }
    String first = word(text);
    if (isType(first)) {
      return key("", text);
    }
    int end = KeyOptions.end(text);
    if (end < 0) {
      return new KeyLine.Wrong("has an option whose closing quotation mark is missing");
    }
    String rest = stripStart(text.substring(end));
    if (isType(word(rest))) {
      return key(text.substring(0, end), rest);
    }
    return new KeyLine.Wrong(whyNoKey(first, rest));
  }

  private static String stripStart(String text) {
    int start = 0;
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  private static String word(String text) {
    int end = 0;
    while (end < text.length() && !isBlank(text.charAt(end))) {
      end++;
    }
    return text.substring(0, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isType(String word) {
    return KeyType.of(word).isPresent() || KeyType.whyRefused(word).isPresent();
  }

  private static Optional<String> foreignFormat(String text) {
    if (!text.startsWith("----")) {
      return Optional.empty();
    }
    if (text.contains("PRIVATE KEY")) {
      return Optional.of(
          "begins a private key, which must never be here: remove it, make a new key, and put the"
              + " public one here");
    }
    return Optional.of(
        "is of another format than OpenSSH's: convert the key with 'ssh-keygen -i' and put the one"
            + " line here that it prints");
  }

  /** Every key's base64 begins with AAAA, the upper bytes of the length of its type. */
  private static String whyNoKey(String first, String rest) {
    String second = word(rest);
    boolean typed = second.startsWith("AAAA") && TYPE_NAME.matcher(first).matches();
    if (typed) {
      return "has a key of type \"" + first + "\", which is not known here";
    }
    String third = word(stripStart(rest.substring(second.length())));
    if (third.startsWith("AAAA") && TYPE_NAME.matcher(second).matches()) {
      return "has a key of type \"" + second + "\", which is not known here";
    }
    return "has no key in it: a line is a key as ssh-keygen prints it, with options before it or"
        + " without";
  }

  private KeyLine key(String options, String text) {
    String typeName = word(text);
    String rest = stripStart(text.substring(typeName.length()));
    String base64 = word(rest);
    String comment = rest.substring(base64.length()).strip();
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new KeyLine.Wrong("has a key in it that is not base64, or is cut short");
    }
    Optional<KeyType> type = KeyType.of(typeName);
    if (type.isEmpty()) {
      return refusedType(typeName, blob);
    }
    return switch (KeyBlob.judge(type.get(), typeName, blob)) {
      case KeyBlob.Broken broken -> new KeyLine.Wrong("has a broken key in it: " + broken.what());
      case KeyBlob.Weak weak -> new KeyLine.RefusedKey(new OfferedKey(blob), weak.reason());
      case KeyBlob.Whole _ -> withOptions(options, type.get(), new OfferedKey(blob), comment);
    };
  }

  private static KeyLine refusedType(String typeName, byte[] blob) {
    String reason = KeyType.whyRefused(typeName).orElse("its type is not known here");
    try {
      OfferedKey key = new OfferedKey(blob);
      if (key.type().equals(typeName)) {
        return new KeyLine.RefusedKey(key, reason);
      }
    } catch (IllegalArgumentException noKey) {
      // Said below: nothing that a client could offer.
    }
    return new KeyLine.Wrong("has a broken key in it, of type \"" + typeName + "\"");
  }

  private KeyLine withOptions(String options, KeyType type, OfferedKey key, String comment) {
    KeyOptions parsed = options.isEmpty() ? KeyOptions.NONE : KeyOptions.parse(options, type, zone);
    return switch (parsed) {
      case KeyOptions.Refused refused -> new KeyLine.RefusedKey(key, refused.reason());
      case KeyOptions.Honoured honoured ->
          switch (honoured.role()) {
            case KEY -> forUsers(honoured, key, comment);
            case AUTHORITY -> authority(honoured, key, comment);
          };
    };
  }

  private KeyLine authority(KeyOptions.Honoured honoured, OfferedKey key, String comment) {
    return switch (authorities) {
      case REFUSED -> new KeyLine.RefusedKey(key, "option \"cert-authority\" is not honoured here");
      case READ ->
          new KeyLine.Authority(
              key,
              comment,
              honoured.restrictions(),
              honoured.principals(),
              honoured.withoutEffect());
    };
  }

  /**
   * OpenSSH takes {@code principals} on a key that is no certificate authority and ignores it. Here
   * it says whose key it is where the file does not, and is refused where the file does.
   */
  private KeyLine forUsers(KeyOptions.Honoured honoured, OfferedKey key, String comment) {
    return switch (kind) {
      case ONE_USER ->
          honoured.principals().isPresent()
              ? new KeyLine.RefusedKey(
                  key, "option \"principals\" is not honoured in a file of one user")
              : usable(honoured, key, comment);
      case FOR_ALL ->
          honoured.principals().isEmpty()
              ? new KeyLine.RefusedKey(
                  key,
                  "it does not say whose it is: a line of a file for all begins with"
                      + " principals=\"USER\"")
              : usable(honoured, key, comment);
    };
  }

  private static KeyLine usable(KeyOptions.Honoured honoured, OfferedKey key, String comment) {
    return new KeyLine.UsableKey(
        key, comment, honoured.restrictions(), honoured.principals(), honoured.withoutEffect());
  }
}
