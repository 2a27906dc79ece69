package dev.sallyport.recording;

/**
 * Why a recording must stop, or must not begin, although the disk can be written: a limit of the
 * recording or of its user is reached.
 *
 * @param reason for operators, without a full stop
 * @param words for the user: a clause, which the caller continues with the consequence for the
 *     session
 */
record Bound(String reason, String words) {
  /** The limit of one recording is reached. */
  static Bound ofSession(long bytes) {
    return new Bound(
        "it has reached recording.session-max, " + SizeText.of(bytes),
        "the recording of this session has reached %s, which is the limit for one session"
            .formatted(SizeText.of(bytes)));
  }
}
