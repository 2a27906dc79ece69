package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.operations.FaultText;
import dev.sallyport.recording.KeptFile;
import dev.sallyport.recording.Manifest;
import dev.sallyport.review.CastExport;
import dev.sallyport.review.StreamExport;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code sallyport recording export}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "export",
    description = "Writes a recording for other programs.",
    exitCodeList = {
      "0:The recording was written.",
      "1:There is no such recording, it cannot be read or written, or it is not of this format."
    })
final class RecordingExport extends ConfigCommand {
  /** What a recording is written as. */
  enum Format {
    ASCIICAST,
    TEXT,
    RAW_TEXT;

    String option() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "asciicast" -> Format.ASCIICAST;
        case "text" -> Format.TEXT;
        case "raw-text" -> Format.RAW_TEXT;
        default -> throw new TypeConversionException("write asciicast, text or raw-text");
      };
    }
  }

  @Mixin private RecordingId id;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      converter = FormatConverter.class,
      description =
          "asciicast, which asciinema plays; text: the lines that were on the screen, and in"
              + " brackets what a line does not show; raw-text: every byte of the output, control"
              + " characters escaped. Neither text controls a terminal.")
  private Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "A file to be made; the standard output unless given.")
  private Path output;

  RecordingExport(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    PrintWriter err = err();
    return beside(
        loaded -> id.with(loaded, err, (folder, manifest) -> export(loaded, folder, manifest)));
  }

  private int export(Loading.Loaded loaded, Path folder, Manifest manifest) throws IOException {
    Path cast = folder.resolve(Manifest.CAST);
    boolean hasTerminal = KeptFile.exists(cast);
    if (!hasTerminal && format == Format.ASCIICAST) {
      return id.no(
          err(), "has no terminal, so it cannot be exported as asciicast: use --format text");
    }
    if (!hasTerminal && !StreamExport.hasStreams(folder)) {
      return id.no(
          err(),
          "has printed nothing, and contents of files are not kept; what ran, how it ended and"
              + " which files it moved is in the audit log: sallyport audit list --id "
              + manifest.id());
    }
    return id.audited(
        loaded,
        folder,
        manifest,
        "export as " + format.option(),
        err(),
        () -> export(folder, manifest, cast, hasTerminal));
  }

  private int export(Path folder, Manifest manifest, Path cast, boolean hasTerminal)
      throws IOException {
    if (output == null) {
      write(folder, manifest, cast, hasTerminal, System.out);
      if (System.out.checkError()) {
        return id.no(err(), "nobody reads the output");
      }
    } else {
      try (OutputStream out = create(output)) {
        write(folder, manifest, cast, hasTerminal, out);
      }
    }
    return Exit.OK;
  }

  private void write(
      Path folder, Manifest manifest, Path cast, boolean hasTerminal, OutputStream out)
      throws IOException {
    switch (format) {
      case ASCIICAST -> CastExport.asciicast(cast, out);
      case TEXT -> {
        if (hasTerminal) {
          CastExport.text(cast, out);
        } else {
          StreamExport.text(folder, manifest, out);
        }
      }
      case RAW_TEXT -> {
        if (hasTerminal) {
          CastExport.rawText(cast, out);
        } else {
          StreamExport.rawText(folder, manifest, out);
        }
      }
    }
  }

  /** A new file that only its owner reads: what a session showed may be a secret. */
  private static OutputStream create(Path file) throws IOException {
    try {
      return Channels.newOutputStream(
          Files.newByteChannel(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PrivateFiles.FILE));
    } catch (IOException e) {
      throw new IOException(FaultText.ofOutput(e), e);
    }
  }
}
