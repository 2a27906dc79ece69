package dev.sallyport.support.keys;

import static dev.sallyport.spi.Restrictions.Attestation.TOUCH;
import static dev.sallyport.spi.Restrictions.Attestation.VERIFICATION;
import static dev.sallyport.spi.Restrictions.Permission.AGENT_FORWARDING;
import static dev.sallyport.spi.Restrictions.Permission.FORWARDING;
import static dev.sallyport.spi.Restrictions.Permission.PTY;

import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.SourcePatterns;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Judges certificates of an authority that is trusted already: its signature, what it is for, when
 * it counts, and what it demands (ssh-keygen(1), CERTIFICATES). Whom it may speak for is left to
 * those who trust the authority. Immutable, for all threads.
 */
public final class CertificateRules {
  /** With every algorithm that there is. */
  public static final CertificateRules DEFAULT =
      new CertificateRules(EnumSet.allOf(SignatureAlgorithm.class));

  /** An address or a network: OpenSSH takes no patterns here, and so readers agree. */
  private static final Pattern ADDRESSES = Pattern.compile("[0-9A-Fa-f:./,]++");

  /** A name of an option that a message can repeat. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@._-]{1,64}+");

  private final Set<SignatureAlgorithm> algorithms;

  /** What is said of a certificate. */
  public sealed interface Judgement {}

  /**
   * It counts now.
   *
   * @param restrictions all that it demands, its end too
   */
  public record Valid(Restrictions restrictions) implements Judgement {}

  /**
   * It does not count.
   *
   * @param reason a sentence without a full stop; of the certificate's own texts there is only the
   *     name of an option, when it is one
   */
  public record Invalid(String reason) implements Judgement {}

  /**
   * @param algorithms what authorities may sign with
   */
  public CertificateRules(Collection<SignatureAlgorithm> algorithms) {
    this.algorithms = Set.copyOf(algorithms);
  }

  /**
   * Judges one whose {@link Certificate#authority()} the caller trusts. The signature comes first:
   * before it is verified, nothing that the certificate says is even worth a reason.
   */
  public Judgement judge(Certificate certificate, Instant at) {
    SignatureAlgorithm.Check check =
        SignatureAlgorithm.verify(
            certificate.authority(), certificate.signed(), certificate.signature(), algorithms);
    if (check instanceof SignatureAlgorithm.Fails(String why)) {
      return new Invalid("the certificate " + why);
    }
    return whyNot(certificate, at)
        .<Judgement>map(reason -> new Invalid("the certificate " + reason))
        .orElseGet(() -> demands(certificate));
  }

  private static Optional<String> whyNot(Certificate certificate, Instant at) {
    if (certificate.purpose() != Certificate.Purpose.USER) {
      return Optional.of("is a host's, and cannot log in");
    }
    if (certificate.quality() instanceof KeyBlob.Weak(String reason)) {
      return Optional.of("has a key that cannot log in: " + reason);
    }
    if (!certificate.hasBegun(at)) {
      return Optional.of(
          "is not valid yet; it begins "
              + certificate.begin().map(begin -> "at " + begin).orElse("at no moment there is"));
    }
    if (certificate.hasEnded(at)) {
      return Optional.of("has expired" + certificate.end().map(end -> " at " + end).orElse(""));
    }
    if (certificate.principals().isEmpty()) {
      // OpenSSH let such certificates be anybody where authorized_keys named the authority.
      return Optional.of("names no principal, so it speaks for nobody");
    }
    return Optional.empty();
  }

  private static Judgement demands(Certificate certificate) {
    Restrictions demanded = Restrictions.NONE.withoutPermissions();
    if (certificate.end().isPresent()) {
      demanded = demanded.withValidBefore(certificate.end().get());
    }
    for (CertificateOption extension : certificate.extensions()) {
      demanded = extended(demanded, extension);
    }
    for (CertificateOption option : certificate.critical()) {
      if (option.value().isEmpty()) {
        return new Invalid("the certificate has a critical option whose value cannot be read");
      }
      String value = option.value().get();
      switch (option.name()) {
        case "force-command" -> {
          if (value.isBlank()) {
            return new Invalid("the certificate's critical option \"force-command\" is empty");
          }
          demanded = demanded.withCommand(value);
        }
        case "source-address" -> {
          Optional<SourcePatterns> sources = sources(value);
          if (sources.isEmpty()) {
            return new Invalid(
                "the certificate's critical option \"source-address\" is not a list of addresses"
                    + " and networks");
          }
          demanded = demanded.withSource(sources.get());
        }
        case "verify-required" -> {
          if (!value.isEmpty()) {
            return new Invalid("the certificate's critical option \"verify-required\" has a value");
          }
          if (!certificate.keyType().isFido()) {
            return new Invalid(
                "the certificate's critical option \"verify-required\" asks what only a FIDO key"
                    + " can attest");
          }
          demanded = demanded.with(VERIFICATION);
        }
        default -> {
          return new Invalid(
              "the certificate has a critical option that is not known here"
                  + (NAME.matcher(option.name()).matches() ? ": " + option.name() : ""));
        }
      }
    }
    return new Valid(demanded);
  }

  /**
   * What an extension gives; one that is not known gives nothing, as in OpenSSH. One that has a
   * value where none belongs is not known either.
   */
  private static Restrictions extended(Restrictions demanded, CertificateOption extension) {
    if (extension.value().filter(String::isEmpty).isEmpty()) {
      return demanded;
    }
    return switch (extension.name()) {
      case "permit-port-forwarding" -> demanded.with(FORWARDING);
      case "permit-pty" -> demanded.with(PTY);
      case "permit-agent-forwarding" -> demanded.with(AGENT_FORWARDING);
      case "no-touch-required" -> demanded.without(TOUCH);
      default -> demanded;
    };
  }

  private static Optional<SourcePatterns> sources(String value) {
    if (!ADDRESSES.matcher(value).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SourcePatterns.parse(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
