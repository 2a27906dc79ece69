package dev.sallyport.plugins.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The system's accounts in the file of passwd(5). Only these: the account that a program of the
 * bastion runs as must not depend on a directory that is down.
 */
final class Accounts {
  private final Path file;

  Accounts(Path file) {
    this.file = file;
  }

  record Account(int user, int group) {}

  Optional<Account> find(String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        String[] fields = line.split(":", -1);
        if (fields.length == 7 && fields[0].equals(name)) {
          return Optional.of(new Account(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
        }
      }
      return Optional.empty();
    } catch (IOException | NumberFormatException unreadable) {
      return Optional.empty();
    }
  }
}
