package dev.sallyport.gateway.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeFileTest {
  @TempDir private Path folder;

  /** The server's user may write in the folder, and the operator's command runs as root. */
  @Test
  void whatALinkLeadsToIsNotGivenAway() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    UserPrincipal server =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Path secret = Files.createFile(folder.resolve("secret"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), secret);

    SafeFile.giveTo(server, link);

    assertThat(Files.getOwner(secret).getName()).isEqualTo("root");
    assertThat(Files.getOwner(link, LinkOption.NOFOLLOW_LINKS)).isEqualTo(server);
  }
}
