package dev.sallyport.gateway.prompt;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes LF as CR LF, as a terminal driver does (ONLCR). */
final class CrlfOutput extends FilterOutputStream {
  CrlfOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteArrayOutputStream converted = new ByteArrayOutputStream(length + 16);
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        converted.write('\r');
      }
      converted.write(bytes[i]);
    }
    out.write(converted.toByteArray());
  }
}
