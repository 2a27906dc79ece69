package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.LuminanceSource;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import dev.sallyport.Main;
import dev.sallyport.audit.Condition;
import dev.sallyport.config.ConfigurationLoader;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sallyport second-factor}, with {@code oathtool} as the app and a reader for the QR code.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecondFactorCommandsTest {
  private static final InputStream INPUT = System.in;

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    Files.createDirectories(folder.resolve("state/audit"));
    configure("{ type = totp, directory = \"%s/state/totp\" }".formatted(folder));
  }

  private void configure(String plugin) throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%1$s/state"
          private-networks = ["10.0.0.0/16"]
          auth.plugins = [ { type = authorized-keys, files = ["%1$s/keys/%%u"] }, %2$s ]
        }
        """
            .formatted(folder, plugin));
  }

  @AfterEach
  void giveInputBack() {
    System.setIn(INPUT);
  }

  private int run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = folder.resolve("sallyport.conf").toString();
    return Main.commandLine(
            ConfigurationLoader.installedPlugins(),
            name -> {
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  /** Enrols as an operator does: sees the secret, and types the code that the app then shows. */
  private int enroll(String... more) throws Exception {
    out.getBuffer().setLength(0);
    try (PipedOutputStream keyboard = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(keyboard));
      String[] words =
          Arrays.copyOf(
              new String[] {"second-factor", "enroll", "--user", "alice"}, 4 + more.length);
      System.arraycopy(more, 0, words, 4, more.length);
      FutureTask<Integer> running = new FutureTask<>(() -> run(words));
      Thread.ofPlatform().start(running);
      Condition.await(
          "the command asks, or ends",
          () -> running.isDone() || out.toString().contains("The code that the app shows now"));
      if (!running.isDone()) {
        keyboard.write(("12\n" + code(secret()) + "\n").getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
      }
      return running.get();
    }
  }

  private String secret() {
    return shown("or type the secret:  ([A-Z2-7]+)");
  }

  private String shown(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(out.toString());
    assertThat(matcher.find()).as(out.toString()).isTrue();
    return matcher.group(1);
  }

  private static String code(String secret) throws Exception {
    Process process = new ProcessBuilder("oathtool", "--base32", "--totp", secret).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  private List<String> acts() throws Exception {
    Path acts = folder.resolve("state/audit/spool");
    if (!Files.exists(acts)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(acts)) {
      return files
          .sorted(java.util.Comparator.comparingLong(file -> file.toFile().lastModified()))
          .map(file -> {
            try {
              return Files.readString(file);
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          })
          .toList();
    }
  }

  @Test
  void enrolsWithACodeThatConfirmsAndLeavesAWordForTheAuditLog() throws Exception {
    assertThat(enroll()).as(err.toString()).isZero();

    assertThat(out.toString())
        .contains("alice has a second factor from now on")
        .containsPattern("\n  [a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}\n");
    assertThat(err.toString()).contains("that is not the code");
    assertThat(acts()).hasSize(1).first().asString().contains("alice", "totp", "ENROLLED");
    assertThat(run("second-factor", "list")).isZero();
    assertThat(out.toString())
        .endsWith(
            """
            USER   PLUGIN  DETAIL
            alice  totp    6 digits, SHA1, 10 recovery codes left
            """);
    out.getBuffer().setLength(0);

    assertThat(run("second-factor", "list", "--json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            {"user":"alice","plugin":"totp","detail":"6 digits, SHA1, 10 recovery codes left"}
            """);
  }

  /** The operator is root, and the server's user must be able to read what root wrote. */
  @Test
  void whatRootWritesBelongsToWhomTheStateFolderBelongsTo() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Path state = folder.resolve("state");
    UserPrincipal server =
        state.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.setOwner(state, server);

    assertThat(enroll()).as(err.toString()).isZero();
    try (Stream<Path> files = Files.walk(state.resolve("totp"))) {
      assertThat(files.toList())
          .hasSizeGreaterThan(2)
          .allSatisfy(file -> assertThat(Files.getOwner(file)).as("%s", file).isEqualTo(server));
    }
  }

  @Test
  void theQrCodeIsWhatAnAppReads() throws Exception {
    enroll();

    assertThat(scan()).isEqualTo(shown("or open: +(otpauth://\\S+)"));
    assertThat(scan()).contains("secret=" + secret());
  }

  /** Black and white whatever the terminal's colours are, with four modules of white around. */
  private String scan() throws Exception {
    List<String> lines =
        out.toString().lines().filter(line -> line.startsWith("\u001b[38;5;16;48;5;231m")).toList();
    List<String> drawn =
        lines.stream().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")).toList();
    int width = drawn.getFirst().length();
    assertThat(drawn).allSatisfy(line -> assertThat(line).hasSize(width));
    assertThat(drawn.get(0) + drawn.get(1)).isBlank();
    assertThat(drawn).allSatisfy(line -> assertThat(line).startsWith("    ").endsWith("    "));
    int scale = 4;
    int height = drawn.size() * 2;
    int[] pixels = new int[width * scale * height * scale];
    for (int y = 0; y < height * scale; y++) {
      for (int x = 0; x < width * scale; x++) {
        char module = drawn.get(y / scale / 2).charAt(x / scale);
        boolean black = module == '█' || module == (y / scale % 2 == 0 ? '▀' : '▄');
        pixels[y * width * scale + x] = black ? 0 : 0xffffff;
      }
    }
    LuminanceSource image = new RGBLuminanceSource(width * scale, height * scale, pixels);
    return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(image))).getText();
  }

  @Test
  void replacesOnlyWhenAsked() throws Exception {
    enroll();
    String first = secret();

    assertThat(enroll()).isEqualTo(1);
    assertThat(err.toString()).contains("alice has a second factor already: --replace");
    assertThat(enroll("--replace")).isZero();
    assertThat(secret()).isNotEqualTo(first);
    assertThat(acts()).hasSize(2);
  }

  @Test
  void keepsNothingWithoutACode() throws Exception {
    System.setIn(InputStream.nullInputStream());

    assertThat(run("second-factor", "enroll", "--user", "alice")).isEqualTo(1);
    assertThat(err.toString()).contains("nothing was kept");
    assertThat(acts()).isEmpty();
    assertThat(run("second-factor", "remove", "--user", "alice")).isEqualTo(1);
    assertThat(err.toString()).contains("alice has none");
    assertThat(acts()).isEmpty();
  }

  @Test
  void removesAndLeavesAWordForTheAuditLog() throws Exception {
    enroll();

    assertThat(run("second-factor", "remove", "--user", "alice")).isZero();
    assertThat(acts()).hasSize(2).anySatisfy(act -> assertThat(act).contains("alice", "REMOVED"));
    out.getBuffer().setLength(0);
    assertThat(run("second-factor", "list")).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void doesNothingThatCannotBeAudited() throws Exception {
    enroll();
    Files.move(folder.resolve("state/totp"), folder.resolve("totp"));
    configure("{ type = totp, directory = \"%s/totp\" }".formatted(folder));
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }

    assertThat(run("second-factor", "remove", "--user", "alice")).isEqualTo(1);
    assertThat(err.toString()).contains("audit/spool: does not exist");
    assertThat(run("second-factor", "list")).isZero();
    assertThat(out.toString()).contains("alice  totp    6 digits");
  }

  @Test
  void saysWhatToConfigureWhereThereIsNoSecondFactor() throws Exception {
    configure("");

    assertThat(run("second-factor", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("{ type = totp, directory = ");
  }

  @Test
  void whatIsNoNameEnrolsNobody() {
    assertThat(run("second-factor", "enroll", "--user", "a\u001b[2J")).isEqualTo(1);
    assertThat(run("second-factor", "enroll", "--user", "")).isEqualTo(1);
    assertThat(err.toString()).contains("control characters", "from 1 to").doesNotContain("\u001b");
  }
}
