package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets in changes with the key files, while the server runs. */
@Laboratory
class KeysIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;
  private final String key;

  KeysIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
    key = Objects.requireNonNull(vpc.publicKeys().get("bob"));
  }

  @AfterEach
  void restore() {
    bastion.authorize("bob", key + "\n");
    Until.holds("bob gets in again", () -> open().exit() == 0);
  }

  @Test
  void aKeyRemovedWhileTheServerRunsIsRefused() {
    open().succeeds();
    long mark = bastion.mark();
    bastion.authorize("bob", "# none left\n");
    Until.holds("bob is refused", () -> open().exit() != 0);
    AuditLog.Event failed =
        bastion.awaits(mark, "authentication-failed", event -> event.user().equals("bob"));
    assertThat(failed.at("/auth_protocol")).isEqualTo("publickey");
    assertThat(client.run("ssh-keygen -lf bob.pub").out()).contains(failed.fingerprint());
    assertThat(failed.reason()).isNotBlank();
  }

  @Test
  void aWrongLineLocksNobodyElseOut() {
    bastion.authorize("bob", "this is no key\nssh-ed25519 !!!\n" + key + "\n");
    Until.holds("bob gets in", () -> open().exit() == 0);
  }

  @Test
  void aKeyWithAnOptionThatIsNotHonouredIsRefused() {
    bastion.authorize("bob", "tunnel=\"1\",no-such-option " + key + "\n");
    Until.holds("bob is refused", () -> open().exit() != 0);
  }

  @Test
  void anUnknownUserHearsWhatAKnownOneHears() {
    String unknown = client.run("ssh -i bob nobody-here@bastion").fails().err();
    String wrongKey =
        client
            .run("ssh -i bob -o IdentityFile=bob carol@%s".formatted(bastion.address()))
            .fails()
            .err();
    assertThat(unknown).contains("Permission denied (publickey)");
    assertThat(wrongKey).contains("Permission denied (publickey)");
  }

  private Result open() {
    return client.run(
        "ssh -W %s:22 bob@bastion </dev/null".formatted(vpc.privateAddress(vpc.web())));
  }
}
