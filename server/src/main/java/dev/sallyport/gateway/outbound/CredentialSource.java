package dev.sallyport.gateway.outbound;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A credential that the bastion logs in to targets with, as configured. */
public sealed interface CredentialSource {
  /**
   * A private key ({@code type = key}).
   *
   * @param file PKCS#1, PKCS#8 or OpenSSH's format, PEM
   * @param passphrase where the passphrase is, if the key has one
   */
  record Key(Path file, Optional<Passphrase> passphrase) implements CredentialSource {}

  /**
   * A fresh key for each connection, with a certificate of the bastion's user CA ({@code type =
   * ca}).
   *
   * @param life how long the certificate is valid from the time of use
   */
  record Authority(Duration life) implements CredentialSource {}

  /** The agent that the client forwards ({@code type = agent}). */
  record Agent() implements CredentialSource {}

  /** Where a passphrase is. */
  sealed interface Passphrase {
    /** The first line of a file. */
    record InFile(Path file) implements Passphrase {}

    /** A variable of the server's environment. */
    record InEnvironment(String variable) implements Passphrase {}
  }
}
