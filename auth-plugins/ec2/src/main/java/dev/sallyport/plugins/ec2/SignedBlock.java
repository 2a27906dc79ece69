package dev.sallyport.plugins.ec2;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One key of EC2 Instance Connect, as it is signed: lines of {@code #Name=value}, the line of the
 * key, and a signature over these.
 *
 * @param facts what stands after the {@code #}, in order
 * @param keyLine as sshd(8) describes it
 * @param signature of {@link #signedBytes}, in base64
 */
record SignedBlock(List<String> facts, String keyLine, String signature) {
  /** Most keys of a user at a time; each costs a verification. They live for a minute. */
  static final int MOST = 32;

  /** RSASSA-PSS with SHA-256 (RFC 8017, section 8.1). */
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec(
          "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC);

  SignedBlock {
    facts = List.copyOf(facts);
  }

  /** What became of the text of one block. */
  sealed interface Read {
    /** It can be judged. */
    record Whole(SignedBlock block) implements Read {}

    /** Something is missing, twice there, or not what it should be. */
    record Malformed() implements Read {}
  }

  /**
   * Reads blocks that are separated by blank lines.
   *
   * @throws MetadataException when there are more than {@link #MOST}
   */
  static List<Read> readAll(String text) throws MetadataException {
    List<Read> blocks = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String line : (text + "\n\n").split("\n", -1)) {
      if (!line.isEmpty()) {
        lines.add(line);
      } else if (!lines.isEmpty()) {
        if (blocks.size() == MOST) {
          throw new MetadataException("gave more than " + MOST + " keys of one user");
        }
        blocks.add(read(lines));
        lines.clear();
      }
    }
    return blocks;
  }

  private static Read read(List<String> lines) {
    List<String> facts =
        lines.stream()
            .takeWhile(line -> line.startsWith("#"))
            .map(line -> line.substring(1))
            .toList();
    List<String> rest = lines.subList(facts.size(), lines.size());
    if (rest.size() < 2) {
      return new Read.Malformed();
    }
    return new Read.Whole(
        new SignedBlock(facts, rest.getFirst(), String.join("", rest.subList(1, rest.size()))));
  }

  /** Whether the key signed this. */
  boolean isSignedBy(PublicKey signer) {
    try {
      Signature verification = Signature.getInstance("RSASSA-PSS");
      verification.setParameter(PSS);
      verification.initVerify(signer);
      verification.update(signedBytes());
      return verification.verify(Base64.getDecoder().decode(signature));
    } catch (SignatureException
        | IllegalArgumentException
        | InvalidKeyException
        | InvalidAlgorithmParameterException e) {
      return false;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has RSASSA-PSS", impossible);
    }
  }

  private byte[] signedBytes() {
    StringBuilder text = new StringBuilder();
    facts.forEach(fact -> text.append('#').append(fact).append('\n'));
    text.append(keyLine).append('\n');
    // ISO 8859-1 gives back the bytes that came, each of which was read as one character.
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The values of a fact: one, unless the block says nothing of it or contradicts itself. */
  private List<String> values(String name) {
    return facts.stream()
        .filter(fact -> fact.startsWith(name + "="))
        .map(fact -> fact.substring(name.length() + 1))
        .toList();
  }

  /** Whether it is for this instance. */
  boolean isFor(String instance) {
    return values("Instance").equals(List.of(instance));
  }

  /** From when on the key lets nobody in; long past when the block does not say. */
  Instant expiry() {
    List<String> times = values("Timestamp");
    return times.size() == 1 && times.getFirst().matches("[0-9]{1,11}")
        ? Instant.ofEpochSecond(Long.parseLong(times.getFirst()))
        : Instant.EPOCH;
  }

  /** Who sent the key, as EC2 says: the caller's ARN; empty when it does not. */
  String caller() {
    return String.join(" ", values("Caller"));
  }
}
