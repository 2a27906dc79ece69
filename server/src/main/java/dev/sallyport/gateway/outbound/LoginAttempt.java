package dev.sallyport.gateway.outbound;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.gateway.outbound.HostKeyJudgement.Verdict;
import dev.sallyport.gateway.outbound.TargetSettings.UnknownHosts;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.ssh.PeerWork;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.client.auth.pubkey.KeyAgentIdentity;
import org.apache.sshd.client.auth.pubkey.KeyPairIdentity;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to a target: checks the host key, and provides what the bastion logs in with. The
 * thread that reads the target calls {@link #checkHostKey} and {@link #identities}, and waits in
 * them.
 */
final class LoginAttempt implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /**
   * Most keys of an agent that are tried: as many as sshd allows (MaxAuthTries). An agent may list
   * any number.
   */
  private static final int AGENT_KEYS = 6;

  private final TargetLogin login;
  private final MemoryHold memory;
  private final String credentialName;
  private final Credential credential;
  private final KnownHosts knownHosts;
  private final UnknownHosts unknownHosts;
  private final AuditLog audit;
  private final InetAddress source;
  private final Optional<SshAgent> agent;
  private final List<HostName> names;
  private final List<String> hostKeyAlgorithms;
  private volatile boolean asksAgent;

  /**
   * @param source the bastion's own address of the connected socket
   * @throws TargetException when the login cannot succeed
   */
  LoginAttempt(
      TargetLogin login,
      Credential credential,
      KnownHosts knownHosts,
      UnknownHosts unknownHosts,
      AuditLog audit,
      InetAddress source)
      throws TargetException {
    this.login = login;
    this.memory = login.memory().hold();
    this.credentialName = SafeText.escape(login.terms().credential(), 64);
    this.credential = credential;
    this.knownHosts = knownHosts;
    this.unknownHosts = unknownHosts;
    this.audit = audit;
    this.source = source;
    this.names = HostName.of(login.requestedHost(), login.session().address());
    checkLogin();
    HostKeyJudgement known = judgement();
    this.hostKeyAlgorithms = TargetAlgorithms.hostKeys(known.knownTypes(), known.hasAuthority());
    this.agent = agent();
  }

  private void checkLogin() throws TargetException {
    String name = login.session().login();
    // Some servers take a comma as the end of a principal (CVE-2026-35414).
    String allowed =
        switch (credential) {
          case Credential.Certified certified -> "[!-~&&[^,]]{1,255}";
          case Credential.Stored stored -> "[!-~]{1,255}";
          case Credential.Forwarded forwarded -> "[!-~]{1,255}";
        };
    if (!name.matches(allowed)) {
      throw new TargetException(
          "%s is not a login that credential %s can be used for: 1 to 255 printable ASCII characters, no space"
                  .formatted(SafeText.escape(name, 255), credentialName)
              + (credential instanceof Credential.Certified ? ", no comma" : ""));
    }
  }

  private Optional<SshAgent> agent() throws TargetException {
    if (!(credential instanceof Credential.Forwarded)) {
      return Optional.empty();
    }
    Optional<SshAgent> given = login.agent().get();
    if (given.isEmpty()) {
      throw new TargetException(
          "credential %s needs your agent, and you do not forward it: use ssh -A"
              .formatted(credentialName));
    }
    return given;
  }

  /** The address that was dialled, for messages. */
  String address() {
    return IpText.shown(login.session().address());
  }

  /** Memory of the connection, from the user's share. */
  MemoryHold memory() {
    return memory;
  }

  /**
   * Keeps a banner of the target for the user.
   *
   * @return characters that are kept of all that it has shown
   */
  int banner(String text) {
    return login.banner().add(text);
  }

  /** The user who logs in. */
  String user() {
    return login.session().user();
  }

  String loginName() {
    return login.session().login();
  }

  /** The host key algorithms to offer, best first. */
  List<String> hostKeyAlgorithms() {
    return hostKeyAlgorithms;
  }

  boolean asksAgent() {
    return asksAgent;
  }

  // ---- the target's host key ----

  private HostKeyJudgement judgement() throws TargetException {
    try {
      return new HostKeyJudgement(
          names, knownHosts.entries(), knownHosts.remembered(), unknownHosts);
    } catch (IOException e) {
      LOG.error("no target can be trusted: {}", e.getMessage());
      throw new TargetException(
          "the bastion cannot read what it knows of targets' host keys; contact its operator", e);
    }
  }

  /**
   * @param work verifies the signature of a certificate
   * @return the key, which must stay the same
   * @throws TargetException when the key is not accepted
   */
  HostKey checkHostKey(PublicKey shown, PeerWork work) throws TargetException {
    PresentedKey presented = PresentedKey.of(shown);
    boolean settled = false;
    while (!settled) {
      HostKeyJudgement known = judgement();
      settled =
          switch (judge(known, presented, work)) {
            case Verdict.Trusted() -> true;
            case Verdict.AcceptNew() -> acceptNew(presented.key());
            case Verdict.Refused(String sentence) -> throw refuse(presented.key(), sentence);
          };
    }
    return presented.key();
  }

  private Verdict judge(HostKeyJudgement known, PresentedKey presented, PeerWork work)
      throws TargetException {
    try {
      return work.compute(() -> known.of(presented, Instant.now()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new TargetException(
          "the connection to %s ended while its host key was checked".formatted(address()), e);
    }
  }

  private TargetException refuse(HostKey key, String sentence) {
    LOG.warn("{}: {}", address(), sentence);
    audit.append(
        new SessionEvent.TargetKeyRefused(
            Instant.now(),
            login.connection(),
            login.session(),
            key.type(),
            key.fingerprint(),
            sentence));
    return new TargetException(sentence);
  }

  /**
   * Logs the key, then remembers it, and only then trusts it.
   *
   * @return false when the caller must decide again
   */
  private boolean acceptNew(HostKey key) throws TargetException {
    AuditEvent accepted =
        new SessionEvent.TargetKeyAccepted(
            Instant.now(),
            login.connection(),
            login.session(),
            key.type(),
            key.fingerprint(),
            "accept-new");
    try {
      return knownHosts.remember(names, key, () -> audit.commit(accepted));
    } catch (AuditUnavailableException e) {
      throw new TargetException(
          "the audit log cannot be written, so no new host key is accepted; contact the bastion's"
              + " operator",
          e);
    } catch (IOException e) {
      LOG.error("the host key of {} cannot be remembered: {}", address(), e.toString());
      throw new TargetException(
          "the host key of %s cannot be remembered, so it is not accepted; contact the bastion's operator"
              .formatted(address()),
          e);
    }
  }

  // ---- the bastion's identity ----

  /**
   * The identities to log in with, best first.
   *
   * @param session the session that logs in
   * @param work computes the session's signatures
   * @param signatures the library's signature algorithms
   */
  List<PublicKeyIdentity> identities(
      Session session, PeerWork work, SignatureFactoriesManager signatures) throws TargetException {
    return switch (credential) {
      case Credential.Stored(var key) -> List.of(new OwnKey(signatures, session, work, key));
      case Credential.Certified certified -> {
        var purpose =
            new UserCa.Purpose(
                login.session().user(),
                login.connection().id(),
                login.session().login(),
                source,
                login.terms().inner());
        try {
          var key =
              work.compute(
                  () -> certified.authority().issue(purpose, certified.life(), Instant.now()));
          yield List.of(new OwnKey(signatures, session, work, key));
        } catch (Exception e) {
          LOG.error("no certificate for {} could be made", address(), e);
          throw new TargetException(
              "credential %s: no certificate could be made; contact the bastion's operator"
                  .formatted(credentialName),
              e);
        }
      }
      case Credential.Forwarded forwarded -> ofAgent();
    };
  }

  private List<PublicKeyIdentity> ofAgent() throws TargetException {
    SshAgent forwarded = agent.orElseThrow();
    asksAgent = true;
    try {
      List<PublicKeyIdentity> keys = new ArrayList<>();
      for (Map.Entry<PublicKey, String> key : forwarded.getIdentities()) {
        if (keys.size() < AGENT_KEYS) {
          keys.add(new AgentKey(forwarded, key.getKey()));
        }
      }
      if (keys.isEmpty()) {
        throw new TargetException("your forwarded agent has no keys: add one with ssh-add");
      }
      return keys;
    } catch (IOException e) {
      throw new TargetException(
          "your forwarded agent does not list its keys: check with ssh-add -l", e);
    } finally {
      asksAgent = false;
    }
  }

  /** A key of the bastion's own. */
  private static final class OwnKey extends KeyPairIdentity {
    private final PeerWork work;

    OwnKey(SignatureFactoriesManager signatures, Session session, PeerWork work, KeyPair key) {
      super(signatures, session, key);
      this.work = work;
    }

    @Override
    public Map.Entry<String, byte[]> sign(SessionContext session, String algorithm, byte[] data)
        throws Exception {
      return work.compute(() -> super.sign(session, algorithm, data));
    }
  }

  /** A key of the agent. The user may have to touch it or to confirm its use. */
  private final class AgentKey implements PublicKeyIdentity {
    private final KeyAgentIdentity key;

    AgentKey(SshAgent forwarded, PublicKey key) {
      this.key = new KeyAgentIdentity(forwarded, key, "");
    }

    @Override
    public KeyPair getKeyIdentity() {
      return key.getKeyIdentity();
    }

    @Override
    public Map.Entry<String, byte[]> sign(SessionContext session, String algorithm, byte[] data)
        throws Exception {
      asksAgent = true;
      try {
        return key.sign(session, algorithm, data);
      } catch (IOException e) {
        throw new TargetException(
            "your forwarded agent does not sign: check whether it is locked or waits for your"
                + " confirmation",
            e);
      } finally {
        asksAgent = false;
      }
    }
  }

  /**
   * Why the target refused the login, for the user.
   *
   * @param methods the methods that the target accepts
   * @param partial whether it accepted the key, and demands another method
   */
  String notLetIn(String methods, boolean partial) {
    String what = SafeText.escape(methods, 200);
    if (partial) {
      return "%s takes credential %s for %s, and wants more (%s), which the bastion cannot give"
          .formatted(address(), credentialName, shownLogin(), what);
    }
    String todo =
        switch (credential) {
          case Credential.Stored stored -> "put the bastion's key into its authorized_keys";
          case Credential.Certified certified ->
              "let it trust what sallyport user-ca show prints (TrustedUserCAKeys in its"
                  + " sshd_config)";
          case Credential.Forwarded forwarded ->
              "put a key that ssh-add -l shows into its authorized_keys";
        };
    return "%s does not let %s in with credential %s (it accepts %s): %s"
        .formatted(
            address(), shownLogin(), credentialName, what.isEmpty() ? "nothing" : what, todo);
  }

  private String shownLogin() {
    return SafeText.escape(login.session().login(), 255);
  }

  /** Closes the channel to the agent, and wakes a thread that waits for it. */
  @Override
  public void close() {
    agent.ifPresent(given -> {
      try {
        given.close();
      } catch (IOException e) {
        LOG.trace("the agent is gone already", e);
      }
    });
  }
}
