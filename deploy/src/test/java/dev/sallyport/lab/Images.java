package dev.sallyport.lab;

import java.nio.file.Path;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * The images of the laboratory, built from the files beside it. They stay, so that the next run
 * finds their layers.
 */
final class Images {
  /** The folder of the module {@code deploy}, in which Maven runs the suites. */
  static final Path MODULE = Path.of("").toAbsolutePath();

  /** Tells this clone's containers and images from those of another on the same machine. */
  static final String CLONE = Integer.toHexString(MODULE.toString().hashCode());

  private Images() {}

  /** The image that people install, by the Dockerfile that they use. */
  static String bastion() {
    return new ImageFromDockerfile("sallyport-lab/bastion-" + CLONE, false)
        .withFileFromPath("Dockerfile", MODULE.resolve("Dockerfile"))
        .withFileFromPath("target/sallyport", MODULE.resolve("target/sallyport"))
        .get();
  }

  /** Every other machine. */
  static String machine() {
    return new ImageFromDockerfile("sallyport-lab/machine-" + CLONE, false)
        .withFileFromPath(".", MODULE.resolve("src/test/docker"))
        .get();
  }
}
