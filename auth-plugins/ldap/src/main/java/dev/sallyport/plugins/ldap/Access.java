package dev.sallyport.plugins.ldap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the directory is reached.
 *
 * @param servers the first that answers is used
 * @param login who asks; anonymous when there is none
 * @param connectTimeout for a connection with its TLS
 * @param responseTimeout for the answer to one request
 */
record Access(
    List<Server> servers,
    Trust trust,
    Optional<Login> login,
    Duration connectTimeout,
    Duration responseTimeout) {
  /** A name and where its password is. */
  record Login(String dn, Secret password) {}
}
