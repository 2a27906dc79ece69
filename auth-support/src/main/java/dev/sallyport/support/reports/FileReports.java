package dev.sallyport.support.reports;

import dev.sallyport.spi.Reporter;

/** What is told of files and of the ways to them, each thing once. Safe for all threads. */
public final class FileReports {
  private final FaultLog ways;
  private final FaultLog files;

  /** With nothing told yet. */
  public FileReports(Reporter reporter) {
    ways = new FaultLog(reporter);
    files = new FaultLog(reporter);
  }

  /** Of folders and links. */
  public FaultLog ways() {
    return ways;
  }

  /** Of what is in files, or that they are not there. */
  public FaultLog files() {
    return files;
  }
}
