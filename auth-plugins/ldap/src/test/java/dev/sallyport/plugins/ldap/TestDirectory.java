package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.OperationType;
import com.unboundid.ldif.LDIFException;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.TestKeys;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/**
 * An LDAP server on loopback: by TLS on one port, with StartTLS on another, for who has logged in.
 */
final class TestDirectory implements AutoCloseable {
  static final String BASE = "dc=example,dc=com";
  static final String READER = "cn=reader," + BASE;
  static final String PASSWORD = "s3cret-of-the-reader";

  private final InMemoryDirectoryServer server;
  private final List<String> searches = new CopyOnWriteArrayList<>();
  private volatile Runnable beforeSearch = () -> {};

  TestDirectory(SSLContext tls) throws Exception {
    this(tls, 0);
  }

  /** That gives at most so many entries for a question; 0 for all. */
  TestDirectory(SSLContext tls, int sizeLimit) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.setMaxSizeLimit(sizeLimit);
    config.setSchema(null);
    config.addAdditionalBindCredentials(READER, PASSWORD);
    config.setAuthenticationRequiredOperationTypes(OperationType.SEARCH);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPSConfig(
            "tls", loopback, 0, tls.getServerSocketFactory(), null),
        InMemoryListenerConfig.createLDAPConfig("start", loopback, 0, tls.getSocketFactory()),
        InMemoryListenerConfig.createLDAPConfig("plain", loopback, 0, null));
    config.addInMemoryOperationInterceptor(new Counter());
    server = new InMemoryDirectoryServer(config);
    server.startListening();
    add("dn: " + BASE, "objectClass: domain");
    add("dn: ou=people," + BASE, "objectClass: organizationalUnit");
    add("dn: ou=groups," + BASE, "objectClass: organizationalUnit");
    add("dn: ou=elsewhere," + BASE, "objectClass: organizationalUnit");
  }

  private final class Counter extends InMemoryOperationInterceptor {
    @Override
    public void processSearchRequest(InMemoryInterceptedSearchRequest request) {
      searches.add(request.getRequest().getFilter().toString());
      beforeSearch.run();
    }
  }

  void add(String... ldif) throws LDAPException, LDIFException {
    server.add(ldif);
  }

  void remove(String dn) throws LDAPException, LDIFException {
    server.delete(dn);
  }

  /** A person with these lines as keys, and more lines of LDIF. */
  void person(String user, List<String> keys, String... more) throws LDAPException, LDIFException {
    List<String> ldif = new ArrayList<>();
    ldif.add("dn: uid=" + user + ",ou=people," + BASE);
    ldif.add("objectClass: person");
    ldif.add("uid: " + user);
    keys.forEach(key -> ldif.add("sshPublicKey: " + key));
    ldif.addAll(List.of(more));
    add(ldif.toArray(String[]::new));
  }

  void person(String user, OfferedKey key, String... more) throws LDAPException, LDIFException {
    person(user, List.of(TestKeys.line(key)), more);
  }

  void replace(String dn, String attribute, String value) throws LDAPException, LDIFException {
    server.modify(
        "dn: " + dn, "changetype: modify", "replace: " + attribute, attribute + ": " + value);
  }

  String ldaps() {
    return "ldaps://localhost:" + server.getListenPort("tls");
  }

  String startTls() {
    return "ldap://localhost:" + server.getListenPort("start");
  }

  /** Without TLS in any way. */
  String plain() {
    return "ldap://localhost:" + server.getListenPort("plain");
  }

  /** From now on this is run before each search. */
  void beforeSearch(Runnable action) {
    beforeSearch = action;
  }

  /** The filters it was asked, in their order. */
  List<String> searches() {
    return List.copyOf(searches);
  }

  /** Takes no more connections and ends those there are. */
  void stop() {
    server.shutDown(true);
  }

  void restart() throws LDAPException {
    server.restartServer();
  }

  @Override
  public void close() {
    stop();
  }
}
