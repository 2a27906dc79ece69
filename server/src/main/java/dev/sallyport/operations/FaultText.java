package dev.sallyport.operations;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Says what an I/O fault was: the JDK's own message for a file is often nothing but its path. */
public final class FaultText {
  private FaultText() {}

  /** What happened, to what, and where it is plain what to do. */
  public static String of(IOException fault) {
    return switch (fault) {
      case AccessDeniedException denied ->
          denied.getFile() + ": this user may not read or write it: give it to the server's user";
      case NoSuchFileException missing ->
          missing.getFile() + ": does not exist, and cannot be created";
      case FileAlreadyExistsException inTheWay ->
          inTheWay.getFile() + ": is not a folder: move it away";
      case FileSystemException other ->
          other.getFile()
              + ": "
              + Objects.requireNonNullElse(other.getReason(), other.getClass().getSimpleName());
      default -> Objects.requireNonNullElse(fault.getMessage(), fault.getClass().getSimpleName());
    };
  }

  /** The same of a new file for what a command writes, whose name the operator chose. */
  public static String ofOutput(IOException fault) {
    return switch (fault) {
      case AccessDeniedException denied ->
          denied.getFile() + ": this user may not make a file there";
      case NoSuchFileException missing -> missing.getFile() + ": its folder does not exist";
      case FileAlreadyExistsException there ->
          there.getFile() + ": exists already, and was not changed: choose another name";
      default -> of(fault);
    };
  }
}
