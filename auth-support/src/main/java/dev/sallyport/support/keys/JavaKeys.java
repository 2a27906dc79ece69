package dev.sallyport.support.keys;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** From SSH's encoding of keys to Java's keys, for keys that {@link KeyBlob} found whole. */
final class JavaKeys {
  /** SubjectPublicKeyInfo of an Ed25519 key without its 32 bytes (RFC 8410, section 4). */
  private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private JavaKeys() {}

  static PublicKey publicKey(KeyType type, byte[] blob)
      throws MalformedKeyException, GeneralSecurityException {
    WireReader reader = new WireReader(blob);
    reader.string(); // its type
    return switch (type) {
      case RSA -> {
        BigInteger exponent = reader.mpint();
        yield KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(reader.mpint(), exponent));
      }
      case ED25519, SK_ED25519 -> ed25519(reader.string());
      case ECDSA_256, SK_ECDSA_256 -> curve(reader, "secp256r1");
      case ECDSA_384 -> curve(reader, "secp384r1");
      case ECDSA_521 -> curve(reader, "secp521r1");
    };
  }

  private static PublicKey ed25519(byte[] point) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(ED25519_HEAD, ED25519_HEAD.length + point.length);
    System.arraycopy(point, 0, encoded, ED25519_HEAD.length, point.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static PublicKey curve(WireReader reader, String name)
      throws MalformedKeyException, GeneralSecurityException {
    reader.string(); // the curve, which the type says too
    byte[] point = reader.string();
    int half = (point.length - 1) / 2;
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(name));
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new ECPublicKeySpec(
                new ECPoint(
                    new BigInteger(1, point, 1, half), new BigInteger(1, point, 1 + half, half)),
                parameters.getParameterSpec(ECParameterSpec.class)));
  }

  /** What a FIDO key is for: the last field of its encoding. */
  static byte[] application(byte[] blob) throws MalformedKeyException {
    WireReader reader = new WireReader(blob);
    byte[] last = reader.string();
    while (!reader.atEnd()) {
      last = reader.string();
    }
    return last;
  }
}
