package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.memory.MemoryHold;
import org.apache.sshd.common.SshException;
import org.junit.jupiter.api.Test;

final class ConnectionMemoryTest {
  private static final long TOTAL = 64 * 1024 * 1024;

  private final MemoryAccount account = new MemoryAccount(TOTAL, _ -> {});
  private final ConnectionMemory memory = new ConnectionMemory();

  private MemoryHold login() {
    MemoryHold hold = account.share("alice").hold();
    assertThat(hold.add(ConnectionMemory.IDLE)).isTrue();
    return hold;
  }

  @Test
  void theEndGivesEverythingBack() {
    memory.begin(login());
    assertThat(memory.mayHaveChannels()).isTrue();
    assertThat(account.used()).isGreaterThan(ConnectionMemory.IDLE);
    memory.end();
    assertThat(account.used()).isZero();
  }

  /** The clock may end a connection between the last check of its login and this. */
  @Test
  void aLoginAfterTheEndKeepsNothing() {
    memory.end();
    memory.begin(login());
    assertThat(account.used()).isZero();
    assertThat(memory.mayHaveChannels()).isFalse();
  }

  @Test
  void aLongBannerComesFromTheShareUntilTheEnd() throws SshException {
    memory.begin(login());
    memory.banner(8 * 1024);
    assertThat(account.used()).isEqualTo(ConnectionMemory.IDLE);
    memory.banner(100_000);
    memory.banner(110_000);
    assertThat(account.used()).isEqualTo(ConnectionMemory.IDLE + 4 * 110_000);
    assertThatThrownBy(() -> memory.banner((int) TOTAL)).isInstanceOf(SshException.class);
    memory.end();
    assertThat(account.used()).isZero();
  }
}
