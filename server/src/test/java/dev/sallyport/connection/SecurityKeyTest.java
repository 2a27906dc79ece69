package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.spi.Verdict;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * FIDO keys, with the authenticator played by the test (OpenSSH's PROTOCOL.u2f, "sk-ssh-ed25519"):
 * what a signature must attest is what the key's restrictions demand.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SecurityKeyTest {
  private static final String TYPE = "sk-ssh-ed25519@openssh.com";
  private static final String APPLICATION = "ssh:";
  private static final KeyPair KEY = HostileBastion.ALICE;

  private static final Shown CERTIFICATE =
      new Shown("sk-ssh-ed25519-cert-v01@openssh.com", new OfferedKey(certificate()));

  @TempDir Path directory;

  /** What the client shows; whatever it is, the same key signs. */
  private record Shown(String type, OfferedKey key) {
    byte[] blob() {
      return key.blob();
    }
  }

  /** PROTOCOL.certkeys; that the authority's signature is none, the plugin here does not mind. */
  private static byte[] certificate() {
    Buffer key = new ByteArrayBuffer(blob());
    key.getString();
    Buffer blob = new ByteArrayBuffer();
    blob.putString("sk-ssh-ed25519-cert-v01@openssh.com");
    blob.putBytes(new byte[32]);
    blob.putRawBytes(key.getCompactData());
    blob.putLong(7);
    blob.putInt(1);
    blob.putString("id");
    blob.putBytes(new byte[0]);
    blob.putLong(0);
    blob.putLong(-1);
    blob.putBytes(new byte[0]);
    blob.putBytes(new byte[0]);
    blob.putBytes(new byte[0]);
    blob.putBytes(blob());
    blob.putBytes(new byte[0]);
    return blob.getCompactData();
  }

  @ParameterizedTest
  @CsvSource({
    "true,  false, 1, true",
    "true,  false, 5, true",
    "true,  false, 0, false",
    "true,  false, 4, false",
    "false, false, 0, true",
    "true,  true,  5, true",
    "true,  true,  1, false",
    "false, true,  4, true",
    "false, true,  0, false",
  })
  void demandsTouchAndVerificationAsTheKeysLineSays(
      boolean touchRequired, boolean verifyRequired, int flags, boolean welcome) throws Exception {
    answers(new Shown(TYPE, new OfferedKey(blob())), touchRequired, verifyRequired, flags, welcome);
  }

  /** The library knows no such certificates. */
  @ParameterizedTest
  @CsvSource({
    "true,  false, 1, true",
    "true,  false, 5, true",
    "true,  false, 0, false",
    "true,  false, 4, false",
    "false, false, 0, true",
    "true,  true,  5, true",
    "true,  true,  1, false",
    "false, true,  4, true",
    "false, true,  0, false",
  })
  void demandsOfACertificatesKeyWhatThePluginSays(
      boolean touchRequired, boolean verifyRequired, int flags, boolean welcome) throws Exception {
    answers(CERTIFICATE, touchRequired, verifyRequired, flags, welcome);
  }

  @Test
  void tellsTheClientThatItMayProveItsCertificate() throws Exception {
    try (HostileBastion bastion =
            new HostileBastion(directory, knows(CERTIFICATE, Restrictions.NONE));
        RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST, packet -> putRequest(packet, CERTIFICATE, false));
      assertThat(client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK)).isNotNull();
    }
  }

  @Test
  void takesNoSignatureOfACertificateForAnotherAlgorithm() throws Exception {
    Shown other = new Shown(TYPE, CERTIFICATE.key());
    try (HostileBastion bastion =
            new HostileBastion(directory, knows(CERTIFICATE, Restrictions.NONE));
        RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      byte[] signature = sign(client.sessionId(), other, 1);
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST,
          packet -> {
            putRequest(packet, other, true);
            packet.putBytes(signature);
          });
      assertThat(client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE)).isNotNull();
    }
  }

  private void answers(
      Shown shown, boolean touchRequired, boolean verifyRequired, int flags, boolean welcome)
      throws Exception {
    Restrictions restrictions = Restrictions.NONE;
    if (!touchRequired) {
      restrictions = restrictions.without(Attestation.TOUCH);
    }
    if (verifyRequired) {
      restrictions = restrictions.with(Attestation.VERIFICATION);
    }
    try (HostileBastion bastion = new HostileBastion(directory, knows(shown, restrictions));
        RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      byte[] signature = sign(client.sessionId(), shown, flags);
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST,
          packet -> {
            putRequest(packet, shown, true);
            packet.putBytes(signature);
          });
      RawClient.Message answer =
          client.expect(
              welcome
                  ? SshConstants.SSH_MSG_USERAUTH_SUCCESS
                  : SshConstants.SSH_MSG_USERAUTH_FAILURE);
      assertThat(answer).isNotNull();
    }
  }

  /** What counts is what the verified signature attests; a plain key attests nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NEVER    | 5 |
          TOUCH    | 1 | security key, touched
          TOUCH    | 5 | security key, touched by a verified person
          TOUCH    | 4 |
          TOUCH    | 0 |
          VERIFIED | 5 | security key, touched by a verified person
          VERIFIED | 1 |
          VERIFIED | 4 |
          """)
  void countsAsASecondFactorWhatTheConfigurationSays(
      SecurityKeys counted, int flags, @Nullable String secondFactor) throws Exception {
    SecondFactorSettings settings = counting(counted);
    for (Shown shown : List.of(new Shown(TYPE, new OfferedKey(blob())), CERTIFICATE)) {
      counts(shown, settings, flags, secondFactor == null ? "" : secondFactor);
    }
  }

  private void counts(Shown shown, SecondFactorSettings settings, int flags, String proven)
      throws Exception {
    AuthPlugin keys = knows(shown, Restrictions.NONE.without(Attestation.TOUCH));
    try (HostileBastion bastion =
            new HostileBastion(
                directory.resolve(shown.type()), keys, List.of("publickey"), settings);
        RawClient client = RawClient.connect(bastion.address())) {
      login(client, shown, flags);
      assertThat(bastion.told("\"second_factor\":\"" + proven + "\"")).isEqualTo(1);
      assertThat(bastion.told("\"is_mfa\":" + !proven.isEmpty())).isEqualTo(1);
    }
  }

  /** It takes what rests on a touch from logins that go on, and nothing from others. */
  @ParameterizedTest
  @CsvSource({"1, false", "5, true"})
  void aReloadThatCountsNoTouchAnyMoreIsForLiveLoginsToo(int flags, boolean counts)
      throws Exception {
    Shown shown = new Shown(TYPE, new OfferedKey(blob()));
    AuthPlugin keys =
        (attempt, key) -> new Verdict.Accepted("carol", Set.of(), "", Restrictions.NONE);
    try (HostileBastion bastion =
            new HostileBastion(
                directory, keys, List.of("publickey"), counting(SecurityKeys.TOUCH));
        Targets targets = new Targets();
        RawClient client = RawClient.connect(bastion.address())) {
      login(client, shown, flags);
      InetSocketAddress target = targets.idle();
      client.forward(1, target);

      bastion.reload(keys, counting(SecurityKeys.VERIFIED));

      if (counts) {
        client.forward(2, target);
      } else {
        client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
        client.openForward(2, target);
        assertThat(client.refusal()).contains("second factor");
      }
      assertThat(client.answers()).isTrue();
    }
  }

  /** What was not shown at the login cannot be shown again, so it ends. */
  @ParameterizedTest
  @EnumSource(Attestation.class)
  void aLoginEndsWhenItsKeyMustAttestMoreThanItDid(Attestation more) throws Exception {
    Restrictions less = Restrictions.NONE.without(Attestation.TOUCH);
    for (Shown shown : List.of(new Shown(TYPE, new OfferedKey(blob())), CERTIFICATE)) {
      AtomicBoolean demandsMore = new AtomicBoolean();
      AuthPlugin keys =
          (attempt, key) ->
              new Verdict.Accepted(
                  "alice", Set.of(), "", demandsMore.get() ? less.with(more) : less);
      try (HostileBastion bastion = new HostileBastion(directory.resolve(shown.type()), keys);
          RawClient client = RawClient.connect(bastion.address())) {
        login(client, shown, 0);
        demandsMore.set(true);

        assertThat(client.disconnected()).contains("is no longer accepted");
        Condition.await(
            "it is told", () -> bastion.told("the key must be touched or its owner verified") == 1);
      }
    }
  }

  private static SecondFactorSettings counting(SecurityKeys counted) {
    return new SecondFactorSettings(SecondFactorSettings.Demand.OF_NOBODY, counted);
  }

  private static void login(RawClient client, Shown shown, int flags) throws Exception {
    client.startAuthentication();
    byte[] signature = sign(client.sessionId(), shown, flags);
    client.send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> {
          putRequest(packet, shown, true);
          packet.putBytes(signature);
        });
    client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
  }

  @Test
  void aKeyThatIsNoSecurityKeyNeverCounts() throws Exception {
    OfferedKey known = new OfferedKey(plainBlob());
    AuthPlugin keys =
        (attempt, key) ->
            key.equals(known)
                ? new Verdict.Accepted("alice", Set.of(), "", Restrictions.NONE)
                : new Verdict.Unclaimed();
    try (HostileBastion bastion =
            new HostileBastion(
                directory, keys, List.of("publickey"), counting(SecurityKeys.TOUCH));
        RawClient client = RawClient.login(bastion.address(), "alice", KEY)) {
      assertThat(client.answers()).isTrue();
      assertThat(bastion.told("\"is_mfa\":false")).isEqualTo(1);
    }
  }

  private static byte[] plainBlob() {
    Buffer plain = new ByteArrayBuffer();
    plain.putRawPublicKey(KEY.getPublic());
    return plain.getCompactData();
  }

  private static AuthPlugin knows(Shown shown, Restrictions restrictions) {
    OfferedKey known = shown.key();
    return (attempt, key) ->
        key.equals(known)
            ? new Verdict.Accepted(attempt.user(), Set.of(), "", restrictions)
            : new Verdict.Unclaimed();
  }

  private static byte[] blob() {
    Buffer plain = new ByteArrayBuffer();
    plain.putRawPublicKey(KEY.getPublic());
    plain.getString();
    Buffer blob = new ByteArrayBuffer();
    blob.putString(TYPE);
    blob.putBytes(plain.getBytes());
    blob.putString(APPLICATION);
    return blob.getCompactData();
  }

  private static void putRequest(Buffer packet, Shown shown, boolean signed) {
    packet.putString("alice");
    packet.putString("ssh-connection");
    packet.putString("publickey");
    packet.putBoolean(signed);
    packet.putString(shown.type());
    packet.putBytes(shown.blob());
  }

  private static byte[] sign(byte[] sessionId, Shown shown, int flags) throws Exception {
    Buffer challenge = new ByteArrayBuffer();
    challenge.putBytes(sessionId);
    challenge.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(challenge, shown, true);
    Buffer attested = new ByteArrayBuffer();
    attested.putRawBytes(sha256(APPLICATION.getBytes(StandardCharsets.UTF_8)));
    attested.putByte((byte) flags);
    attested.putUInt(7);
    attested.putRawBytes(sha256(challenge.getCompactData()));
    Signature signer = BuiltinSignatures.ed25519.create();
    signer.initSigner(null, KEY.getPrivate());
    signer.update(null, attested.getCompactData());
    Buffer signature = new ByteArrayBuffer();
    signature.putString(TYPE);
    signature.putBytes(signer.sign(null));
    signature.putByte((byte) flags);
    signature.putUInt(7);
    return signature.getCompactData();
  }

  private static byte[] sha256(byte[] data) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(data);
  }
}
