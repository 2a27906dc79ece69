package dev.sallyport.plugins.ec2;

import dev.sallyport.support.keys.KeyLine;
import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the keys that EC2 Instance Connect has for a user now, and believes those alone that AWS
 * signed for this instance. Safe for all threads.
 */
final class InstanceConnect {
  /** All requests for one user's keys together. */
  static final Duration FETCH = Duration.ofSeconds(5);

  /** How long a signer that was verified is taken for one. */
  static final Duration SIGNER_KEPT = Duration.ofMinutes(1);

  /** Largest answer with a user's keys: {@link SignedBlock#MOST} of 2 KiB. */
  static final int LARGEST = 64 * 1024;

  private final MetadataClient metadata;
  private final TrustedRoots roots;
  private final Consumer<String> problems;
  private final InstantSource clock;
  private final KeyLineParser parser = new KeyLineParser(KeyOwner.ONE_USER, ZoneId.systemDefault());
  private volatile @Nullable Kept kept;

  private record Kept(Signer signer, Deadline until) {}

  InstanceConnect(
      MetadataClient metadata, TrustedRoots roots, Consumer<String> problems, InstantSource clock) {
    this.metadata = metadata;
    this.roots = roots;
    this.problems = problems;
    this.clock = clock;
  }

  /**
   * The user's keys, verified but for their expiry. A block that does not hold is a problem for the
   * operator, and the others count.
   */
  List<ConnectKey> keys(UserName user) throws MetadataException, InterruptedException {
    Deadline deadline = Deadline.in(FETCH);
    // The name may have an @ or a + in it; it has no slash.
    String path =
        "meta-data/managed-ssh-keys/active-keys/"
            + URLEncoder.encode(user.text(), StandardCharsets.US_ASCII)
            + "/";
    if (metadata.head(path, deadline) instanceof Reply.Missing) {
      return List.of();
    }
    Optional<Signer> earlier = keptSigner();
    Signer signer = earlier.isPresent() ? earlier.get() : fetchSigner(deadline);
    if (!(metadata.get(path, LARGEST, deadline) instanceof Reply.Found found)) {
      return List.of();
    }
    List<SignedBlock.Read> blocks = SignedBlock.readAll(found.text());
    if (earlier.isPresent() && blocks.stream().anyMatch(block -> isBySomebodyElse(block, signer))) {
      // The signer may have changed since.
      return verified(blocks, fetchSigner(deadline));
    }
    return verified(blocks, signer);
  }

  private static boolean isBySomebodyElse(SignedBlock.Read read, Signer signer) {
    return read instanceof SignedBlock.Read.Whole(SignedBlock block)
        && !block.isSignedBy(signer.key());
  }

  private Optional<Signer> keptSigner() {
    Kept now = kept;
    return now == null || now.until().isOver() ? Optional.empty() : Optional.of(now.signer());
  }

  private Signer fetchSigner(Deadline deadline) throws MetadataException, InterruptedException {
    kept = null;
    Signer signer = Signer.fetch(metadata, roots, clock.instant(), deadline);
    kept = new Kept(signer, Deadline.in(SIGNER_KEPT));
    return signer;
  }

  private List<ConnectKey> verified(List<SignedBlock.Read> blocks, Signer signer) {
    List<ConnectKey> keys = new ArrayList<>();
    for (SignedBlock.Read read : blocks) {
      switch (read) {
        case SignedBlock.Read.Malformed() ->
            problems.accept("gave a key of EC2 Instance Connect that is cut or malformed");
        case SignedBlock.Read.Whole(SignedBlock block) ->
            verified(block, signer).ifPresent(keys::add);
      }
    }
    return keys;
  }

  private Optional<ConnectKey> verified(SignedBlock block, Signer signer) {
    if (!block.isSignedBy(signer.key())) {
      problems.accept("gave a key of EC2 Instance Connect with a wrong signature");
      return Optional.empty();
    }
    if (!block.isFor(signer.instance())) {
      problems.accept("gave a key of EC2 Instance Connect that is for another instance");
      return Optional.empty();
    }
    KeyLine line = parser.parse(block.keyLine());
    return switch (line) {
      case KeyLine.UsableKey usable when block.keyLine().startsWith(usable.key().type() + " ") ->
          Optional.of(new ConnectKey(line, block.expiry(), block.caller()));
      case KeyLine.RefusedKey _ ->
          Optional.of(new ConnectKey(line, block.expiry(), block.caller()));
      case KeyLine.UsableKey _, KeyLine.Authority _, KeyLine.Wrong _, KeyLine.Blank _ -> {
        problems.accept("gave a key of EC2 Instance Connect that is not a plain public key");
        yield Optional.empty();
      }
    };
  }
}
