package dev.sallyport.recording.files;

/** A part of the caller's array, valid only during the call. */
final class Slice {
  private final byte[] data;
  private final int offset;
  private final int length;

  Slice(byte[] data, int offset, int length) {
    this.data = data;
    this.offset = offset;
    this.length = length;
  }

  byte[] data() {
    return data;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }
}
