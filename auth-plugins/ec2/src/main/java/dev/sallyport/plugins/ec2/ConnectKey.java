package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.Known;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeyLine;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key of EC2 Instance Connect that was verified.
 *
 * @param line a usable key, or one that is too weak
 * @param expiry from when on it lets nobody in
 * @param caller the ARN of who sent it
 */
record ConnectKey(KeyLine line, Instant expiry, String caller) {
  /** Longest part of an ARN that becomes the label; theirs have at most some 200 characters. */
  private static final int LONGEST_CALLER = 300;

  /** What it says of an offered key for the user it was sent for; nothing of any other. */
  Optional<Verdict> verdict(OfferedKey key, String user, Instant at) {
    if (!at.isBefore(expiry)) {
      return Optional.empty();
    }
    return switch (line) {
      case KeyLine.UsableKey usable when usable.key().equals(key) ->
          Optional.of(new Verdict.Accepted(user, Set.of(), label(), usable.restrictions()));
      case KeyLine.RefusedKey refused when refused.key().equals(key) ->
          Optional.of(new Verdict.Refused(refused.reason() + " (EC2 Instance Connect)"));
      case KeyLine.UsableKey _, KeyLine.RefusedKey _, KeyLine.Authority _ -> Optional.empty();
      case KeyLine.Blank _, KeyLine.Wrong _ -> Optional.empty();
    };
  }

  boolean isOf(OfferedKey key) {
    return switch (line) {
      case KeyLine.UsableKey usable -> usable.key().equals(key);
      case KeyLine.RefusedKey refused -> refused.key().equals(key);
      case KeyLine.Authority _, KeyLine.Blank _, KeyLine.Wrong _ -> false;
    };
  }

  /** The key, for operators; nothing when there is none in the line. */
  Optional<Known> known() {
    String where = "sent by EC2 Instance Connect, until " + expiry;
    return switch (line) {
      case KeyLine.UsableKey usable -> Optional.of(new Known.Key(where, usable.key()));
      case KeyLine.RefusedKey refused -> Optional.of(new Known.Key(where, refused.key()));
      case KeyLine.Authority _, KeyLine.Blank _, KeyLine.Wrong _ -> Optional.empty();
    };
  }

  private String label() {
    String who = caller.substring(0, Math.min(caller.length(), LONGEST_CALLER));
    return who.isEmpty() ? "EC2 Instance Connect" : "EC2 Instance Connect: " + who;
  }
}
