package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;

/** Certificates that ssh-keygen does not make, with signatures that hold (PROTOCOL.certkeys). */
public final class Forged {
  private static final String TYPE = "ssh-ed25519-cert-v01@openssh.com";
  private static final KeyPair PAIR = pair();

  private Forged() {}

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] point() {
    byte[] encoded = PAIR.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  /** The authority of those that are not said to have another. */
  public static OfferedKey authority() {
    return TestKeys.key("ssh-ed25519", point());
  }

  /** An authority that a FIDO authenticator holds. */
  public static OfferedKey fidoAuthority() {
    return TestKeys.key("sk-ssh-ed25519@openssh.com", point(), TestKeys.text("ssh:"));
  }

  public static OfferedKey withPrincipals(String... principals) throws GeneralSecurityException {
    return plain(List.of(principals), List.of());
  }

  /** One for alice, without anything special. */
  static OfferedKey plainOne() {
    try {
      return withPrincipals("alice");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static OfferedKey withCritical(String... namesAndValues) throws GeneralSecurityException {
    return plain(List.of("alice"), List.of(namesAndValues));
  }

  static OfferedKey withAuthority(OfferedKey authority) throws GeneralSecurityException {
    byte[] body = body(TestKeys.random(32, 2), List.of("alice"), List.of(), authority);
    return signed(body, TestKeys.wire("ssh-ed25519", sign(body)));
  }

  static OfferedKey byFidoAuthority() throws GeneralSecurityException {
    return byFido(TestKeys.random(32, 2), "ssh:");
  }

  /** For alice, with this ed25519 key. */
  public static OfferedKey byFidoAuthority(OfferedKey user) throws GeneralSecurityException {
    byte[] blob = user.blob();
    return byFido(Arrays.copyOfRange(blob, blob.length - 32, blob.length), "ssh:");
  }

  static OfferedKey byFidoAuthorityOfAnotherApplication() throws GeneralSecurityException {
    return byFido(TestKeys.random(32, 2), "ssh:other");
  }

  private static OfferedKey byFido(byte[] user, String application)
      throws GeneralSecurityException {
    byte[] body = body(user, List.of("alice"), List.of(), fidoAuthority());
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    ByteArrayOutputStream attested = new ByteArrayOutputStream();
    attested.writeBytes(sha256.digest(TestKeys.text(application)));
    attested.writeBytes(new byte[] {1, 0, 0, 0, 9});
    attested.writeBytes(sha256.digest(body));
    ByteArrayOutputStream signature = new ByteArrayOutputStream();
    signature.writeBytes(TestKeys.wire("sk-ssh-ed25519@openssh.com", sign(attested.toByteArray())));
    signature.writeBytes(new byte[] {1, 0, 0, 0, 9});
    return signed(body, signature.toByteArray());
  }

  /** A revocation list with a signature after it (PROTOCOL.krl, section 5). */
  static byte[] signList(byte[] list) throws GeneralSecurityException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(list);
    out.write(4);
    string(out, authority().blob());
    byte[] signed = out.toByteArray();
    string(out, TestKeys.wire("ssh-ed25519", sign(signed)));
    return out.toByteArray();
  }

  private static OfferedKey plain(List<String> principals, List<String> critical)
      throws GeneralSecurityException {
    byte[] body = body(TestKeys.random(32, 2), principals, critical, authority());
    return signed(body, TestKeys.wire("ssh-ed25519", sign(body)));
  }

  private static byte[] body(
      byte[] user, List<String> principals, List<String> critical, OfferedKey authority) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(TestKeys.wire(TYPE, TestKeys.random(32, 1), user));
    out.writeBytes(ByteBuffer.allocate(8 + 4).putLong(7).putInt(1).array());
    out.writeBytes(strings(List.of("forged")));
    string(out, strings(principals));
    out.writeBytes(ByteBuffer.allocate(16).putLong(0).putLong(-1).array());
    ByteArrayOutputStream options = new ByteArrayOutputStream();
    for (int i = 0; i < critical.size(); i += 2) {
      options.writeBytes(strings(List.of(critical.get(i))));
      string(options, strings(List.of(critical.get(i + 1))));
    }
    string(out, options.toByteArray());
    string(out, new byte[0]);
    string(out, new byte[0]);
    string(out, authority.blob());
    return out.toByteArray();
  }

  private static OfferedKey signed(byte[] body, byte[] signature) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(body);
    string(out, signature);
    return new OfferedKey(out.toByteArray());
  }

  private static byte[] sign(byte[] message) throws GeneralSecurityException {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(PAIR.getPrivate());
    signer.update(message);
    return signer.sign();
  }

  private static byte[] strings(List<String> texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    texts.forEach(text -> string(out, text.getBytes(StandardCharsets.UTF_8)));
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }
}
