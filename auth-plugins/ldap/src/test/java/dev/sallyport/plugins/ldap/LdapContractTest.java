package dev.sallyport.plugins.ldap;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class LdapContractTest extends AuthPluginContractTest {
  @TempDir Path temporary;
  private @Nullable TestDirectory directory;

  @Override
  protected String type() {
    return "ldap";
  }

  @Override
  protected Map<String, Object> settings() throws Exception {
    TestDirectory made = directory == null ? start() : directory;
    directory = made;
    KeysFolder secrets = new KeysFolder(temporary.resolve("secrets"));
    KeysFolder.mode(secrets.write("password", TestDirectory.PASSWORD), "rw-r-----");
    return Map.ofEntries(
        Map.entry("servers", List.of(made.ldaps(), made.startTls())),
        Map.entry("ca-file", temporary.resolve("ca.pem").toString()),
        Map.entry("bind-dn", TestDirectory.READER),
        Map.entry("bind-password-file", secrets.folder().resolve("password").toString()),
        Map.entry("base", "ou=people," + TestDirectory.BASE),
        Map.entry("filter", "(&(objectClass=person)(uid=%u))"),
        Map.entry("key-attribute", "sshPublicKey"),
        Map.entry("group-attribute", "memberOf"),
        Map.entry("group-base", "ou=groups," + TestDirectory.BASE),
        Map.entry("timeout", "20 s"),
        Map.entry("connect-timeout", "10 s"),
        Map.entry("response-timeout", "10 s"),
        Map.entry("fresh", "10 s"),
        Map.entry("stale", "10 m"));
  }

  private TestDirectory start() throws Exception {
    TestAuthority authority = new TestAuthority();
    authority.write(temporary.resolve("ca.pem"));
    TestDirectory made = new TestDirectory(authority.server("localhost"));
    made.person("alice", knownKey(), "memberOf: cn=ops,ou=groups," + TestDirectory.BASE);
    made.person("x", TestKeys.ed25519(43));
    return made;
  }

  @AfterEach
  void stop() {
    if (directory != null) {
      directory.close();
    }
  }

  @Override
  protected String knownUser() {
    return "alice";
  }

  @Override
  protected OfferedKey knownKey() {
    return TestKeys.ed25519(42);
  }

  @Override
  protected List<String> moreHostileUserNames() {
    return List.of("*", "a*", ")(uid=*", "ALICE", "Alice", "x", "uid=alice", "alice,ou=people");
  }
}
