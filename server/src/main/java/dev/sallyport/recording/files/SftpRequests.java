package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Change;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/** Parses the client's requests (draft-ietf-secsh-filexfer-02, section 6). */
final class SftpRequests {
  static final int INIT = 1;

  /** The draft's limit for handles, in bytes (section 6.3). Each open handle takes memory. */
  static final int LONGEST_HANDLE = 256;

  private static final String UNKNOWN = "(unknown handle)";
  private static final String NO_DETAIL = "";

  /** Looks up a handle; empty for one that the target did not give, or that is being closed. */
  private final Function<String, Optional<Opened>> handles;

  SftpRequests(Function<String, Optional<Opened>> handles) {
    this.handles = handles;
  }

  /** Parses the body of a request, after its type and id. */
  SftpRequest read(int type, PacketReader packet) throws NotUnderstoodException {
    return switch (type) {
      case 3 -> new SftpRequest.Open(packet.path(), packet.int32());
      case 4 -> close(packet);
      case 5 -> readContent(packet);
      case 6 -> write(packet);
      case 9 -> path(Change.SETSTAT, packet.path(), SftpAttributes.describe(packet));
      case 10 -> {
        Optional<Opened> opened = opened(packet);
        yield new SftpRequest.Alter(
            Change.SETSTAT,
            pathOf(opened),
            Optional.empty(),
            SftpAttributes.describe(packet),
            opened.isPresent());
      }
      case 11 -> new SftpRequest.OpenDirectory(packet.path());
      case 13 -> path(Change.REMOVE, packet.path(), NO_DETAIL);
      case 14 -> path(Change.MKDIR, packet.path(), SftpAttributes.describe(packet));
      case 15 -> path(Change.RMDIR, packet.path(), NO_DETAIL);
      case 18 -> twoPaths(Change.RENAME, packet);
      // The target, then the link: OpenSSH's order, which nearly all implementations use instead of
      // the draft's.
      case 20 -> twoPaths(Change.SYMLINK, packet);
      // LSTAT, FSTAT, READDIR, REALPATH, STAT, READLINK
      case 7, 8, 12, 16, 17, 19 -> new SftpRequest.Ask();
      case 200 -> extended(packet);
      default -> throw new NotUnderstoodException("a request of the unknown type " + type);
    };
  }

  private SftpRequest close(PacketReader packet) throws NotUnderstoodException {
    String handle = handle(packet);
    return new SftpRequest.Close(handle, handles.apply(handle));
  }

  private SftpRequest readContent(PacketReader packet) throws NotUnderstoodException {
    Optional<OpenFile> file = file(packet);
    long offset = packet.offset64();
    int length = packet.int32();
    file.ifPresent(known -> known.reading(offset));
    return new SftpRequest.Read(file, offset, length);
  }

  private SftpRequest write(PacketReader packet) throws NotUnderstoodException {
    Optional<OpenFile> file = file(packet);
    long offset = packet.offset64();
    Slice data = packet.string();
    if (offset > Long.MAX_VALUE - data.length()) {
      throw new NotUnderstoodException("a write beyond the end of every file");
    }
    file.ifPresent(known -> known.writing(offset, data));
    return new SftpRequest.Write(file);
  }

  private SftpRequest extended(PacketReader packet) throws NotUnderstoodException {
    String name = packet.path();
    return switch (name) {
      case "posix-rename@openssh.com" -> twoPaths(Change.RENAME, packet);
      case "hardlink@openssh.com" -> twoPaths(Change.HARDLINK, packet);
      case "lsetstat@openssh.com" ->
          path(Change.SETSTAT, packet.path(), SftpAttributes.describe(packet));
      case "copy-data" -> copy(packet);
      case "fsync@openssh.com",
          "statvfs@openssh.com",
          "fstatvfs@openssh.com",
          "limits@openssh.com",
          "expand-path@openssh.com",
          "users-groups-by-id@openssh.com",
          "home-directory" ->
          new SftpRequest.Ask();
      default -> path(Change.EXTENSION, "", name);
    };
  }

  /** draft-ietf-secsh-filexfer-extensions-00, section 7. */
  private SftpRequest copy(PacketReader packet) throws NotUnderstoodException {
    Optional<Opened> from = opened(packet);
    long fromOffset = packet.offset64();
    long length = packet.offset64();
    Optional<Opened> to = opened(packet);
    long toOffset = packet.offset64();
    if (to.isPresent() && to.get() instanceof OpenFile file) {
      file.copiedInto();
    }
    String detail =
        "%s from offset %d to offset %d"
            .formatted(length == 0 ? "the rest" : length + " bytes", fromOffset, toOffset);
    return new SftpRequest.Alter(
        Change.COPY,
        pathOf(from),
        Optional.of(pathOf(to)),
        detail,
        from.isPresent() && to.isPresent());
  }

  private static SftpRequest path(Change change, String path, String detail) {
    return new SftpRequest.Alter(change, path, Optional.empty(), detail, true);
  }

  private static SftpRequest twoPaths(Change change, PacketReader packet)
      throws NotUnderstoodException {
    String path = packet.path();
    return new SftpRequest.Alter(change, path, Optional.of(packet.path()), NO_DETAIL, true);
  }

  private static String pathOf(Optional<Opened> opened) {
    return opened.map(Opened::path).orElse(UNKNOWN);
  }

  private Optional<OpenFile> file(PacketReader packet) throws NotUnderstoodException {
    return opened(packet)
        .flatMap(opened -> opened instanceof OpenFile file ? Optional.of(file) : Optional.empty());
  }

  private Optional<Opened> opened(PacketReader packet) throws NotUnderstoodException {
    return handles.apply(handle(packet));
  }

  static String handle(PacketReader packet) throws NotUnderstoodException {
    Slice slice = packet.string();
    if (slice.length() > LONGEST_HANDLE) {
      throw new NotUnderstoodException("a handle of " + slice.length() + " bytes");
    }
    return new String(slice.data(), slice.offset(), slice.length(), StandardCharsets.ISO_8859_1);
  }
}
