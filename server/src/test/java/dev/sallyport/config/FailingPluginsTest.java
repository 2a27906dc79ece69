package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.NetworkSource;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins of third parties that throw where nobody expects it. */
class FailingPluginsTest {
  @TempDir Path folder;
  private final List<String> closed = new ArrayList<>();

  /** Fails where it is told to. */
  private final class Plugin implements AuthPlugin, AuthPluginFactory {
    private final String type;
    private Runnable opening = () -> {};
    private Runnable closing = () -> {};
    private Supplier<Optional<InteractiveFactor>> factor = Optional::empty;
    private Supplier<Optional<NetworkSource>> networks = Optional::empty;

    Plugin(String type) {
      this.type = type;
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter) {
      opening.run();
      return this;
    }

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return new Verdict.Unclaimed();
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return factor.get();
    }

    @Override
    public Optional<NetworkSource> networkSource() {
      return networks.get();
    }

    @Override
    public void close() {
      closed.add(type);
      closing.run();
    }
  }

  private final Plugin first = new Plugin("first");
  private final Plugin second = new Plugin("second");

  private Loading load(String networks) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("sallyport.conf"),
            """
            sallyport {
              private-networks = %s
              auth.plugins = [ { type = first }, { type = second } ]
            }
            """
                .formatted(networks));
    return new ConfigurationLoader(List.of(first, second), TestPlugins.silent()).load(file);
  }

  private static IllegalStateException bug() {
    return new IllegalStateException("a bug of it");
  }

  private void assertRejected(String networks, String words) throws Exception {
    assertThat(load(networks))
        .isInstanceOfSatisfying(
            Loading.Rejected.class,
            rejected ->
                assertThat(rejected.errors())
                    .singleElement()
                    .asString()
                    .contains("sallyport.conf:")
                    .contains(words)
                    .contains("a bug of it"));
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void oneThatCannotSayWhetherItHasASecondFactorIsAnErrorOfTheFile() throws Exception {
    second.factor =
        () -> {
          throw bug();
        };
    assertRejected("[\"10.0.0.0/16\"]", "the plugin second failed to start");
  }

  @Test
  void oneThatCannotSayWhetherItKnowsNetworksIsAnErrorOfTheFile() throws Exception {
    second.networks =
        () -> {
          throw bug();
        };
    assertRejected("[\"10.0.0.0/16\"]", "the plugin second failed to start");
  }

  @Test
  void oneThatFailsWhenItIsAskedForItsNetworksIsAnErrorOfTheFile() throws Exception {
    second.networks =
        () ->
            Optional.of(
                new NetworkSource() {
                  @Override
                  public String name() {
                    return "cloud";
                  }

                  @Override
                  public Networks networks(Duration patience) {
                    throw bug();
                  }
                });
    assertRejected("cloud", "\"cloud\" is not known now: the plugin failed");
  }

  @Test
  void oneThatALibraryIsMissingForIsAnErrorOfTheFile() throws Exception {
    first.opening =
        () -> {
          throw new NoClassDefFoundError("a bug of it");
        };
    assertThat(load("[\"10.0.0.0/16\"]"))
        .isInstanceOfSatisfying(
            Loading.Rejected.class,
            rejected ->
                assertThat(rejected.errors())
                    .singleElement()
                    .asString()
                    .contains("the plugin first was built for another Java or another version"));
    assertThat(closed).containsExactly("second");
  }

  @Test
  void whateverEndsTheLoadingThePluginsAreClosed() {
    second.opening =
        () -> {
          throw new StackOverflowError();
        };
    assertThatThrownBy(() -> load("[\"10.0.0.0/16\"]")).isInstanceOf(StackOverflowError.class);
    assertThat(closed).containsExactly("first");
  }

  @Test
  void oneThatFailsToCloseKeepsNoOtherOpen() throws Exception {
    second.closing =
        () -> {
          throw bug();
        };
    Loading.Loaded loaded = (Loading.Loaded) load("[\"10.0.0.0/16\"]");
    assertThat(closed).isEmpty();

    loaded.close();

    assertThat(closed).containsExactly("second", "first");
  }
}
