package dev.sallyport.plugins.ec2;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who signs for this instance, verified.
 *
 * @param instance this instance's id
 * @param key the signer's
 */
record Signer(String instance, PublicKey key) {
  /**
   * What ends the signer's name, in each of AWS's partitions. The metadata service says which, but
   * is not believed beyond these: anybody can have a certificate for a name of their own domain.
   */
  static final Set<String> DOMAINS =
      Set.of(
          "amazonaws.com",
          "amazonaws.com.cn",
          "amazonaws.eu",
          "c2s.ic.gov",
          "sc2s.sgov.gov",
          "csp.hci.ic.gov",
          "cloud.adc-e.uk");

  private static final Pattern INSTANCE = Pattern.compile("i-(?:[0-9a-f]{8}|[0-9a-f]{17})");

  /** {@code eu-central-1a}, and {@code us-west-2-lax-1a} of the region us-west-2. */
  private static final Pattern ZONE =
      Pattern.compile("((?:[a-z]{2,12}-){2,3}[0-9]{1,2})(?:-[a-z]{2,5}-[0-9]{1,2})?[a-z]");

  /** Largest value that is one line. */
  private static final int LINE = 256;

  /** Largest chain: six certificates of 4 KiB. */
  private static final int LARGEST_CHAIN = 32 * 1024;

  /** Largest OCSP response in base64; with a responder's certificate it takes 3 KiB. */
  private static final int LARGEST_STAPLE = 16 * 1024;

  /** Fetches and verifies. */
  static Signer fetch(MetadataClient metadata, TrustedRoots roots, Instant now, Deadline deadline)
      throws MetadataException, InterruptedException {
    String instance = line(metadata, "meta-data/instance-id", INSTANCE, deadline).group();
    String region =
        line(metadata, "meta-data/placement/availability-zone", ZONE, deadline).group(1);
    String domain =
        line(metadata, "meta-data/services/domain", Pattern.compile("[a-z0-9.-]+"), deadline)
            .group();
    if (!DOMAINS.contains(domain)) {
      throw new MetadataException("says that its domain is one that is not known as AWS's");
    }
    SignerChain chain =
        SignerChain.read(
            found(metadata, "meta-data/managed-ssh-keys/signer-cert/", LARGEST_CHAIN, deadline)
                .bytes(),
            "managed-ssh-signer." + region + "." + domain,
            roots);
    Map<X509Certificate, byte[]> staples = new HashMap<>();
    for (X509Certificate certificate : chain.path()) {
      String path = "meta-data/managed-ssh-keys/signer-ocsp/" + SignerChain.stapleName(certificate);
      if (metadata.get(path, LARGEST_STAPLE, deadline) instanceof Reply.Found staple) {
        staples.put(certificate, der(staple));
      }
    }
    return new Signer(instance, chain.verify(staples, now));
  }

  private static Matcher line(
      MetadataClient metadata, String path, Pattern pattern, Deadline deadline)
      throws MetadataException, InterruptedException {
    Matcher matcher = pattern.matcher(found(metadata, path, LINE, deadline).text().strip());
    if (!matcher.matches()) {
      throw new MetadataException("gave an unexpected answer for " + path);
    }
    return matcher;
  }

  private static Reply.Found found(
      MetadataClient metadata, String path, int largest, Deadline deadline)
      throws MetadataException, InterruptedException {
    return switch (metadata.get(path, largest, deadline)) {
      case Reply.Found found -> found;
      case Reply.Missing() -> throw new MetadataException("does not have " + path);
    };
  }

  private static byte[] der(Reply.Found staple) throws MetadataException {
    try {
      return Base64.getMimeDecoder().decode(staple.bytes());
    } catch (IllegalArgumentException e) {
      throw new MetadataException("gave an OCSP response that is not base64", e);
    }
  }
}
