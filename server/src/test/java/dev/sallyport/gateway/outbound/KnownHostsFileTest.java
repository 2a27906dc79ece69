package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state folder is the server's user's, and the operator's commands run as root: whoever took
 * the server over must not have root follow a link that lies there.
 */
class KnownHostsFileTest {
  private static final String LINE =
      "10.0.2.5 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  private static final String OTHER = LINE.replace("10.0.2.5", "10.0.2.6");

  @TempDir private Path folder;
  private Path state;
  private Path secret;

  @BeforeEach
  void makeFiles() throws IOException {
    state = Files.createDirectory(folder.resolve("state"));
    secret = Files.writeString(folder.resolve("secret"), LINE + "\n" + OTHER + "\n");
  }

  private KnownHostsFile remembered() {
    return KnownHostsFile.remembered(state);
  }

  private List<String> forget() throws IOException {
    return remembered().forget(host(), 22, keys -> {});
  }

  private static Host host() {
    return switch (Host.parse("10.0.2.5")) {
      case Parsed.Valid<Host>(Host host) -> host;
      case Parsed.Malformed<Host>(String reason) -> throw new AssertionError(reason);
    };
  }

  @Test
  void aLinkInTheFilesPlaceIsNeitherReadNorWritten() throws Exception {
    Path link = Files.createSymbolicLink(state.resolve("known_hosts"), secret);

    assertThatThrownBy(() -> remembered().entries()).isInstanceOf(IOException.class);
    assertThatThrownBy(this::forget).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> remembered().add(OTHER)).isInstanceOf(IOException.class);

    assertThat(link).isSymbolicLink();
    assertThat(secret).content().hasLineCount(2);
  }

  @Test
  void aLinkInTheLocksPlaceIsNotOpened() throws Exception {
    Files.writeString(state.resolve("known_hosts"), LINE + "\n");
    Files.createSymbolicLink(state.resolve("known_hosts.lock"), secret);

    assertThatThrownBy(this::forget).isInstanceOf(IOException.class);

    assertThat(state.resolve("known_hosts")).hasContent(LINE);
    assertThat(secret).content().hasLineCount(2);
  }

  @Test
  void aLinkToNothingIsNotMadeSomething() throws Exception {
    Path nothing = folder.resolve("nothing");
    Files.createSymbolicLink(state.resolve("known_hosts"), nothing);
    Files.createSymbolicLink(state.resolve("known_hosts.lock"), nothing);

    assertThatThrownBy(() -> remembered().add(OTHER)).isInstanceOf(IOException.class);

    assertThat(Files.exists(nothing, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void nothingButTheFileAndItsLockIsLeft() throws Exception {
    Files.writeString(state.resolve("known_hosts"), LINE + "\n" + OTHER + "\n");

    assertThat(forget()).hasSize(1);

    assertThat(state.resolve("known_hosts")).hasContent(OTHER);
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("known_hosts", "known_hosts.lock");
    }
  }
}
