package dev.sallyport.plugins.totp;

/** What the codes are computed with (RFC 6238, section 1.2); the names are the apps' own. */
enum Algorithm {
  SHA1("HmacSHA1", 20),
  SHA256("HmacSHA256", 32),
  SHA512("HmacSHA512", 64);

  private final String mac;
  private final int secretBytes;

  Algorithm(String mac, int secretBytes) {
    this.mac = mac;
    this.secretBytes = secretBytes;
  }

  /** As the JDK calls it. */
  String mac() {
    return mac;
  }

  /** How long a secret should be: as long as the hash (RFC 4226, section 4, R6; RFC 6238, 5.1). */
  int secretBytes() {
    return secretBytes;
  }
}
