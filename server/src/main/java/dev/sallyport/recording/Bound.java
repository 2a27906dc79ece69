package dev.sallyport.recording;

/**
 * Why a recording must stop, or must not begin, though its disk can be written: it, or its user,
 * has used up what may be kept.
 *
 * @param reason for operators, without an end mark
 * @param words for the user: a clause that continues with what happens to the session
 */
record Bound(String reason, String words) {
  /** One session has been recorded for as long as may be. */
  static Bound ofSession(long bytes) {
    return new Bound(
        "it has reached recording.session-max, " + SizeText.of(bytes),
        "the recording of this session has reached %s, which is the limit for one session"
            .formatted(SizeText.of(bytes)));
  }
}
