package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Base64;

/**
 * The other form of a revocation list: public keys, one a line, without options. A line that cannot
 * be read makes the list useless, as in sshd: nobody knows which key was meant.
 */
final class KeyTexts {
  private static final KeyLineParser LINES = new KeyLineParser(KeyOwner.ONE_USER, ZoneOffset.UTC);

  private KeyTexts() {}

  static RevocationList read(byte[] content) throws MalformedKeyException {
    RevocationList.Gathered gathered = new RevocationList.Gathered();
    int number = 0;
    for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      switch (LINES.parse(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)) {
        case KeyLine.Blank _ -> {}
        case KeyLine.Wrong(String what) ->
            throw new MalformedKeyException("line " + number + " " + what);
        // Too weak to log in, or a certificate: it can be revoked all the same.
        case KeyLine.RefusedKey refused -> gathered.addKey(plain(line, number, refused.key()));
        case KeyLine.Authority authority -> gathered.addKey(plain(line, number, authority.key()));
        case KeyLine.UsableKey usable -> gathered.addKey(plain(line, number, usable.key()));
      }
    }
    return gathered.all();
  }

  /** Only keys without anything before them; sshd reads no options here either. */
  private static OfferedKey plain(String line, int number, OfferedKey key)
      throws MalformedKeyException {
    String bare = key.type() + " " + Base64.getEncoder().encodeToString(key.blob());
    if (!line.strip().replaceAll("[ \t]+", " ").startsWith(bare.replaceAll("=+$", ""))) {
      throw new MalformedKeyException(
          "line " + number + " has something before its key; options do not belong here");
    }
    return key;
  }
}
