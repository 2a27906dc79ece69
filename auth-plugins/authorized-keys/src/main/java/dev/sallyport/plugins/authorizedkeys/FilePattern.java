package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.support.files.FilePath;
import dev.sallyport.support.files.PrivateFiles;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code files}: an absolute path in which {@code %u} stands for the user and {@code
 * %%} for a percent sign.
 */
final class FilePattern {
  /** Longest name of a file, in bytes (NAME_MAX of Linux's file systems). */
  private static final int LONGEST_NAME = 255;

  /** Longest path, in bytes; below PATH_MAX, so that a symbolic link on the way still fits. */
  private static final int LONGEST_PATH = 2048;

  private final String text;
  private final KeyOwner kind;
  private final Path expected;

  private FilePattern(String text, KeyOwner kind) {
    this.text = text;
    this.kind = kind;
    Path zero = pathFor(new UserName("0"));
    this.expected =
        switch (kind) {
          case ONE_USER -> same(zero, pathFor(new UserName("1")));
          case FOR_ALL -> zero;
        };
  }

  /** Reads an entry, or tells what is wrong with it. */
  static Optional<FilePattern> parse(String text, Consumer<String> fault) {
    String plain = text.replace("%%", "");
    if (plain.replace("%u", "").indexOf('%') >= 0) {
      fault.accept("may have %u (the user) and %% (a percent sign) in it, no other %");
      return Optional.empty();
    }
    return FilePath.parse(substitute(text, "x".repeat(UserName.LONGEST)), fault)
        .filter(widest -> isShort(widest, fault))
        .map(_ ->
            new FilePattern(text, plain.contains("%u") ? KeyOwner.ONE_USER : KeyOwner.FOR_ALL));
  }

  private static boolean isShort(Path widest, Consumer<String> fault) {
    for (Path name : widest) {
      if (bytes(name) > LONGEST_NAME) {
        fault.accept("has a name in it that is too long for a file of a user");
        return false;
      }
    }
    if (bytes(widest) > LONGEST_PATH) {
      fault.accept("is too long for a path");
      return false;
    }
    return true;
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String substitute(String pattern, String user) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%') {
        i++;
        path.append(pattern.charAt(i) == 'u' ? user : "%");
      } else {
        path.append(c);
      }
    }
    return path.toString();
  }

  KeyOwner kind() {
    return kind;
  }

  /** The file to look into for this user. */
  Path pathFor(UserName user) {
    return Path.of(substitute(text, user.text()));
  }

  /**
   * What must be there: the deepest folder that is the same for every user, or the file for all.
   */
  Path expected() {
    return expected;
  }

  private static Path same(Path zero, Path one) {
    int same = 0;
    while (same < zero.getNameCount() - 1 && zero.getName(same).equals(one.getName(same))) {
      same++;
    }
    Path root = zero.getRoot();
    return same == 0 ? root : root.resolve(zero.subpath(0, same));
  }

  /**
   * The users who may have a file, by the names in the deepest folder that is the same for all.
   * Waits for the disk; empty when the folder cannot be looked into.
   */
  List<UserName> users() {
    try {
      return listUsers();
    } catch (IOException unreadable) {
      // What is wrong with the folder is told when the plugin is opened.
      return List.of();
    }
  }

  /**
   * The same.
   *
   * @throws IOException when the folder cannot be looked into
   */
  List<UserName> listUsers() throws IOException {
    Pattern name = regex(Path.of(text).getName(expected.getNameCount()).toString());
    List<UserName> users = new ArrayList<>();
    for (Path entry : PrivateFiles.list(expected)) {
      Matcher matcher = name.matcher(String.valueOf(entry.getFileName()));
      if (matcher.matches()) {
        UserName.of(matcher.group(1)).ifPresent(users::add);
      }
    }
    return users;
  }

  /** Whether some user's file by this pattern is that path. */
  boolean leadsTo(Path path) {
    return regex(text).matcher(path.toString()).matches();
  }

  /** Of what a pattern, or a part of one, stands for; the first group is the user. */
  private static Pattern regex(String text) {
    StringBuilder regex = new StringBuilder();
    boolean named = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        i++;
        if (text.charAt(i) == 'u') {
          regex.append(named ? "\\1" : "(" + UserName.REGEX + ")");
          named = true;
          continue;
        }
      }
      regex.append(Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString());
  }

  @Override
  public String toString() {
    return text;
  }
}
