package dev.sallyport.plugins.ldap;

import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Who may certify the directory's servers: the authorities of a PEM file that nobody but the
 * operator can change, or Java's own.
 */
final class Trust {
  private final Optional<Path> file;
  private final TrustedPaths paths;

  Trust(Optional<Path> file, TrustedPaths paths) {
    this.file = file;
    this.paths = paths;
  }

  /** A context that trusts them, made anew for each connection: the file may have changed. */
  SSLContext context() throws UnreadyException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore authorities = file.isPresent() ? read(paths.file(file.get())) : null;
      factory.init(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (UnusableFileException e) {
      throw new UnreadyException(String.valueOf(e.getMessage()));
    } catch (CertificateException broken) {
      throw new UnreadyException(
          file.map(Path::toString).orElse("") + " has no certificates in PEM");
    } catch (IOException unreadable) {
      throw new UnreadyException(file.map(Path::toString).orElse("") + " cannot be read");
    } catch (GeneralSecurityException broken) {
      throw new UnreadyException("TLS cannot be used: " + broken.getClass().getSimpleName());
    }
  }

  private static KeyStore read(Path file) throws GeneralSecurityException, IOException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(file)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("none");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca" + number, certificate);
      number++;
    }
    return store;
  }
}
