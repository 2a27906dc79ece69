package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.Known;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.support.files.WatchedFiles;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the files say of users, for operators; waits for the disk. */
record UserKeys(List<FilePattern> patterns, KeyFiles files) {
  /** Each file that a login of the user looks into, and the keys that it has for them. */
  List<Known> known(UserName user) {
    List<Known> known = new ArrayList<>();
    for (FilePattern pattern : patterns) {
      Path path = pattern.pathFor(user);
      switch (files.content(pattern, user)) {
        case WatchedFiles.Usable<KeyList>(KeyList list) -> {
          List<Known> found = list.known(user);
          if (found.isEmpty()) {
            known.add(new Known.Fact(path + " has no key of this user"));
          }
          known.addAll(found);
          if (pattern.kind() == KeyOwner.ONE_USER) {
            list.faults()
                .forEach(fault -> known.add(new Known.Fact(fault.where() + ": " + fault.what())));
          }
        }
        case WatchedFiles.Absent<KeyList> _ -> known.add(new Known.Fact(path + " is not there"));
        case WatchedFiles.Unusable<KeyList>(String why) -> known.add(new Known.Fact(why));
      }
    }
    return known;
  }

  /** Everybody who has a key, and whether each file and folder could be read. */
  KnownUsers users() {
    Set<String> users = new HashSet<>();
    boolean complete = true;
    for (FilePattern pattern : patterns) {
      complete &=
          switch (pattern.kind()) {
            case ONE_USER -> addOwners(pattern, users);
            case FOR_ALL -> addNamed(pattern, users);
          };
    }
    return new KnownUsers(users, complete, false);
  }

  private boolean addOwners(FilePattern pattern, Set<String> users) {
    List<UserName> owners;
    try {
      owners = pattern.listUsers();
    } catch (IOException unreadable) {
      return false;
    }
    boolean complete = true;
    for (UserName user : owners) {
      switch (files.content(pattern, user)) {
        case WatchedFiles.Usable<KeyList>(KeyList list) -> {
          if (list.letsSomebodyIn()) {
            users.add(user.text());
          }
        }
        case WatchedFiles.Absent<KeyList> _ -> {}
        case WatchedFiles.Unusable<KeyList> _ -> complete = false;
      }
    }
    return complete;
  }

  private boolean addNamed(FilePattern pattern, Set<String> users) {
    return switch (files.content(pattern, new UserName("0"))) {
      case WatchedFiles.Usable<KeyList>(KeyList list) -> {
        Optional<Set<String>> named = list.users();
        named.ifPresent(users::addAll);
        yield named.isPresent();
      }
      case WatchedFiles.Absent<KeyList> _, WatchedFiles.Unusable<KeyList> _ -> false;
    };
  }
}
