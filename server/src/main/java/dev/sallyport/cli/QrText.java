package dev.sallyport.cli;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A QR code (ISO/IEC 18004) for a terminal, two rows of modules a line, with the quiet zone of four
 * modules. Black on white whatever the terminal's own colours are: drawn in those, it would be
 * inverted on a dark terminal, which many apps do not read.
 */
final class QrText {
  private static final int QUIET_ZONE = 4;

  /** Of the 256-colour palette, whose 16 and 231 no theme changes: black on white. */
  private static final String COLOURS = "\u001b[38;5;16;48;5;231m";

  private static final String RESET = "\u001b[0m";

  private QrText() {}

  /**
   * @param content ASCII
   * @throws IllegalArgumentException when it is too long for a QR code
   */
  static List<String> lines(String content) {
    BitMatrix modules;
    try {
      modules =
          new QRCodeWriter()
              .encode(
                  content,
                  BarcodeFormat.QR_CODE,
                  0,
                  0,
                  Map.of(
                      EncodeHintType.MARGIN,
                      QUIET_ZONE,
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.L));
    } catch (WriterException e) {
      throw new IllegalArgumentException("too long for a QR code", e);
    }
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < modules.getHeight(); y += 2) {
      StringBuilder line = new StringBuilder(COLOURS);
      for (int x = 0; x < modules.getWidth(); x++) {
        boolean upper = modules.get(x, y);
        boolean lower = y + 1 < modules.getHeight() && modules.get(x, y + 1);
        line.append(upper ? (lower ? '█' : '▀') : (lower ? '▄' : ' '));
      }
      lines.add(line.append(RESET).toString());
    }
    return lines;
  }
}
