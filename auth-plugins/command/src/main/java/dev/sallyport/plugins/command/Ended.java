package dev.sallyport.plugins.command;

/** How a run of the program ended. */
sealed interface Ended {
  /** By itself and with success. */
  record Answered(Printed output) implements Ended {}

  /**
   * By itself, with an error.
   *
   * @param code not zero
   * @param complaint the first line it printed on standard error, may be empty and any text
   */
  record Failed(int code, String complaint) implements Ended {}

  /**
   * It had to be ended.
   *
   * @param why a sentence without its subject
   * @param complaint as above
   */
  record Stopped(String why, String complaint) implements Ended {}
}
