package dev.sallyport.recording.files;

/** The codes of SSH_FXP_STATUS (draft-ietf-secsh-filexfer-02, section 7) as text. */
final class SftpStatus {
  static final int OK = 0;
  static final int EOF = 1;
  static final int UNSUPPORTED = 8;

  private SftpStatus() {}

  /** The target's own message is not used, because the target controls it. */
  static String text(int code) {
    return switch (code) {
      case OK -> "ok";
      case EOF -> "end of file";
      case 2 -> "no such file";
      case 3 -> "permission denied";
      case 4 -> "failure";
      case 5 -> "bad message";
      case 6 -> "no connection";
      case 7 -> "connection lost";
      case UNSUPPORTED -> "operation unsupported";
      default -> "status " + Integer.toUnsignedString(code);
    };
  }
}
