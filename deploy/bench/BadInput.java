import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a stranger makes the bastion look at, ten times a second with the stock client. The user
 * whose login is measured has a key file, as always.
 */
enum BadInput {
  /** Names that would be paths, that turn the line of a terminal round, and that are long. */
  HOSTILE_NAMES("hostile user names") {
    @Override
    String prepare(Workplace workplace) {
      return "";
    }

    @Override
    Flood.Stranger stranger(Workplace workplace) {
      return new Flood.Stranger(
          workplace.file("sshd-host"),
          List.of("../../../etc/shadow", "\u202eecila\u2066", "a".repeat(64 * 1024), "%u%h$(id)"));
    }
  },
  /** Certificates for the user, while the list of what is revoked is cut: no certificate counts. */
  CUT_KRL("a KRL of 20,000 entries cut in the middle") {
    @Override
    String prepare(Workplace workplace) throws IOException, InterruptedException {
      certify(workplace, Workplace.USER);
      Path spec =
          Files.writeString(
              workplace.file("krl-spec"),
              IntStream.range(0, 20_000)
                  .mapToObj(i -> "id: nobody-" + i + "\n")
                  .collect(Collectors.joining()));
      Path krl = workplace.file("revoked.krl");
      String authority = workplace.file("ca.pub").toString();
      workplace.keygen("-k", "-f", krl.toString(), "-s", authority, spec.toString());
      byte[] whole = Files.readAllBytes(krl);
      Files.write(krl, Arrays.copyOf(whole, whole.length / 2));
      return certificatesFirst(workplace.file("ca.pub"), krl.toString());
    }

    @Override
    Flood.Stranger stranger(Workplace workplace) {
      return certified(workplace);
    }
  },
  /** Certificates of the last of so many, which do not name the user. */
  MANY_AUTHORITIES("10,000 authorities") {
    private static final int AUTHORITIES = 10_000;
    private static final int RAW_KEY = 32;

    @Override
    String prepare(Workplace workplace) throws IOException, InterruptedException {
      certify(workplace, STRANGER);
      try {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("Ed25519");
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i < AUTHORITIES; i++) {
          byte[] encoded = keys.generateKeyPair().getPublic().getEncoded();
          lines.append(line(Arrays.copyOfRange(encoded, encoded.length - RAW_KEY, encoded.length)));
        }
        lines.append(Files.readString(workplace.file("ca.pub")));
        return certificatesFirst(
            Files.writeString(workplace.file("authorities.pub"), lines), "");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    /** RFC 8709, section 4. */
    private static String line(byte[] raw) {
      String hex = "0000000b" + HexFormat.of().formatHex("ssh-ed25519".getBytes()) + "00000020";
      byte[] blob = HexFormat.of().parseHex(hex + HexFormat.of().formatHex(raw));
      return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob) + "\n";
    }

    @Override
    Flood.Stranger stranger(Workplace workplace) {
      return certified(workplace);
    }
  },
  /** A program for keys that never gets to the end of what it prints. */
  COMMAND_OUTPUT("a command that prints 100 MB") {
    @Override
    String prepare(Workplace workplace) throws IOException {
      Path script =
          Files.writeString(
              workplace.file("keys-command"), "#!/bin/sh\nyes | head -c 100000000\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return "auth.plugins += { type = command, command = [\"%s\"], user = %s }"
          .formatted(script, Workplace.USER);
    }

    @Override
    Flood.Stranger stranger(Workplace workplace) {
      return new Flood.Stranger(workplace.file("sshd-host"), List.of("mallory"));
    }
  };

  private static final String STRANGER = "stranger";

  private final String title;

  BadInput(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Makes what it needs; answers with keys of the configuration. */
  abstract String prepare(Workplace workplace) throws IOException, InterruptedException;

  /** Who it comes from. */
  abstract Flood.Stranger stranger(Workplace workplace);

  private static Flood.Stranger certified(Workplace workplace) {
    return new Flood.Stranger(workplace.file(STRANGER), List.of(Workplace.USER));
  }

  /** An authority, and a certificate of it. */
  private static void certify(Workplace workplace, String principal)
      throws IOException, InterruptedException {
    for (String name : List.of("ca", STRANGER)) {
      if (!Files.exists(workplace.file(name))) {
        workplace.keygen("-q", "-t", "ed25519", "-N", "", "-f", workplace.file(name).toString());
      }
    }
    workplace.keygen(
        "-q",
        "-s",
        workplace.file("ca").toString(),
        "-I",
        STRANGER,
        "-n",
        principal,
        workplace.file(STRANGER + ".pub").toString());
  }

  /** The user's own plugin is asked after it. */
  private static String certificatesFirst(Path authorities, String revoked) {
    return """
    auth.plugins = [
      {
        type = certificates
        authorities = [ { file = "%s", principals = ["*"] } ]
        revoked = [%s]
      }
    ] ${sallyport.auth.plugins}
    """
        .formatted(authorities, revoked.isEmpty() ? "" : '"' + revoked + '"');
  }
}
