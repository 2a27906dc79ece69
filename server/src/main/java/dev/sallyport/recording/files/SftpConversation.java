package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Change;
import dev.sallyport.recording.files.FileEvent.Changed;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Matches answers to requests, and requests to files. Not for several threads at once. */
final class SftpConversation {
  /**
   * Most unanswered requests. Paramiko requests a whole file at once, 32 KiB each: this many are
   * 512 MiB, and take about 2 MiB of memory.
   */
  static final int MOST_REQUESTS = 16 * 1024;

  /** Memory of an unanswered request besides its text, in bytes. */
  private static final int REQUEST = 192;

  /** Memory of an open file besides its text, in bytes: two hashes, and its handle. */
  private static final int OPEN = 2048;

  /**
   * Most open files and directories: as many as OpenSSH's server can open with Linux's default
   * limit of descriptors.
   */
  static final int MOST_OPEN = 1024;

  /** Most bytes of all names in unanswered requests, one of which may have 256 KiB of them. */
  static final int MOST_TEXT_BYTES = 1024 * 1024;

  /**
   * Most bytes of the paths of all open files, 512 characters each. The client controls how long
   * they are kept, and they are written to disk at each tick. Unlike requests, they do not delay
   * the client, which could not send its CLOSE then; more of them end the observation.
   */
  static final int MOST_OPEN_BYTES = 2 * MOST_OPEN * 512;

  /**
   * Most bytes of content that waits because it is out of order: 64 requests of 32 KiB, as many as
   * OpenSSH's sftp has outstanding.
   */
  static final int MOST_WAITING_BYTES = 2 * 1024 * 1024 + 64 * 1024;

  private static final int VERSION = 3;

  /** SSH_FXP_VERSION. */
  static final int VERSION_PACKET = 2;

  private final Consumer<FileEvent> events;
  private final SftpRequests requests = new SftpRequests(this::find);
  private final ObserverMemory memory;
  private final Allowance waitingRoom;
  private final Allowance asked;
  private final Allowance open;

  /** By id, in the order of the requests. */
  private final Map<Integer, SftpRequest> unanswered = new LinkedHashMap<>();

  /** Handles for which no CLOSE was sent. Afterwards the target may use the same handle again. */
  private final Map<String, Opened> handles = new HashMap<>();

  /** Open files that were not reported yet, in the order of opening. */
  private final Set<OpenFile> files = new LinkedHashSet<>();

  /** The number of unanswered requests whose answer may contain a handle. */
  private int opening;

  private boolean begun;
  private boolean versionKnown;

  SftpConversation(Consumer<FileEvent> events, ObserverMemory memory) {
    this.events = events;
    this.memory = memory;
    this.waitingRoom = new Allowance(MOST_WAITING_BYTES, memory);
    this.asked = new Allowance(MOST_TEXT_BYTES, memory);
    this.open = new Allowance(MOST_OPEN_BYTES, memory);
  }

  /**
   * Whether a client whose requests are answered in time stays below the limits with its next
   * packets.
   */
  boolean hasRoom() {
    return unanswered.size() <= MOST_REQUESTS / 2 && asked.left() >= MOST_TEXT_BYTES / 2;
  }

  void request(PacketReader packet) throws NotUnderstoodException {
    int type = packet.uint8();
    if (type == SftpRequests.INIT && !begun) {
      begun = true;
      checkVersion("the client", packet);
      return;
    }
    if (!begun) {
      throw new NotUnderstoodException("the client's first packet is not SFTP's INIT");
    }
    int id = packet.int32();
    SftpRequest request = requests.read(type, packet);
    if (opening > 0 && request.isWithUnknownHandle()) {
      throw guessed();
    }
    if (unanswered.size() >= MOST_REQUESTS) {
      throw new NotUnderstoodException("more than " + MOST_REQUESTS + " requests without answer");
    }
    asked.demand(request.textBytes(), "names in requests without answer", MOST_TEXT_BYTES);
    if (!memory.take(REQUEST)) {
      throw memory.refusal();
    }
    if (unanswered.putIfAbsent(id, request) != null) {
      throw new NotUnderstoodException("two requests with the same id at once");
    }
    if (request.opens()) {
      opening++;
    }
    if (request instanceof SftpRequest.Close(String handle, Optional<Opened> opened)) {
      handles.remove(handle);
    }
  }

  private static void checkVersion(String who, PacketReader packet) throws NotUnderstoodException {
    int version = packet.int32();
    // The client sends the highest version that it supports, and the target's answer is the version
    // that is used.
    if (version < VERSION || (who.equals("the target") && version != VERSION)) {
      throw new NotUnderstoodException(
          who + " speaks version " + Integer.toUnsignedString(version) + " of SFTP, not 3");
    }
  }

  private Optional<Opened> find(String handle) {
    return Optional.ofNullable(handles.get(handle));
  }

  void answer(PacketReader packet) throws NotUnderstoodException {
    int type = packet.uint8();
    if (type == VERSION_PACKET && begun && !versionKnown) {
      versionKnown = true;
      checkVersion("the target", packet);
      return;
    }
    int id = packet.int32();
    SftpRequest request = unanswered.remove(id);
    if (request == null) {
      throw new NotUnderstoodException("the target answers a request that was not sent");
    }
    asked.give(request.textBytes());
    memory.give(REQUEST);
    if (request.opens()) {
      opening--;
    }
    switch (request) {
      case SftpRequest.Open(String path, int flags) -> opened(path, flags, answer(type, packet));
      case SftpRequest.OpenDirectory(String path) -> {
        if (answer(type, packet) instanceof Answer.Handle(String handle)) {
          keep(handle, new Opened.Directory(path));
        }
      }
      case SftpRequest.Close(String handle, Optional<Opened> opened) ->
          closed(opened, status(type, packet));
      case SftpRequest.Read(Optional<OpenFile> file, long offset, int length) ->
          read(file, offset, length, answer(type, packet));
      case SftpRequest.Write(Optional<OpenFile> file) -> {
        int status = status(type, packet);
        accepted(status, file.isPresent());
        file.ifPresent(known -> known.written(status));
        file.ifPresent(this::tellWhenDone);
      }
      case SftpRequest.Alter alter -> altered(alter, answer(type, packet));
      case SftpRequest.Ask() -> asked(answer(type, packet));
    }
  }

  /** An answer of the target. */
  private sealed interface Answer {
    record Status(int code) implements Answer {}

    record Handle(String handle) implements Answer {}

    record Data(Slice data) implements Answer {}

    /** NAME, ATTRS and EXTENDED_REPLY, which need not be logged. */
    record Told() implements Answer {}
  }

  private static Answer answer(int type, PacketReader packet) throws NotUnderstoodException {
    return switch (type) {
      case 101 -> new Answer.Status(packet.int32());
      case 102 -> new Answer.Handle(SftpRequests.handle(packet));
      case 103 -> new Answer.Data(packet.string());
      case 104, 105, 201 -> new Answer.Told();
      default -> throw new NotUnderstoodException("an answer of the unknown type " + type);
    };
  }

  private static int status(int type, PacketReader packet) throws NotUnderstoodException {
    if (answer(type, packet) instanceof Answer.Status(int code)) {
      return code;
    }
    throw misfit();
  }

  private static NotUnderstoodException misfit() {
    return new NotUnderstoodException("the target's answer does not fit the request");
  }

  /** An unknown handle is harmless if the target does not know it either. */
  private static void accepted(int status, boolean known) throws NotUnderstoodException {
    if (status == SftpStatus.OK && !known) {
      throw guessed();
    }
  }

  /**
   * Handles are easily guessed (OpenSSH's count from 0), and the target handles requests in order.
   * So a request right after an OPEN could use a handle before the answer shows which file it is
   * for.
   */
  private static NotUnderstoodException guessed() {
    return new NotUnderstoodException("the client used a handle before the target gave it");
  }

  private void opened(String path, int flags, Answer answer) throws NotUnderstoodException {
    switch (answer) {
      case Answer.Status(int code) -> {
        if (code == SftpStatus.OK) {
          throw misfit();
        }
        events.accept(notOpened(path, flags, SftpStatus.text(code)));
      }
      case Answer.Handle(String handle) -> {
        OpenFile file = new OpenFile(path, flags, waitingRoom);
        files.add(file);
        keep(handle, file);
      }
      case Answer.Data data -> throw misfit();
      case Answer.Told told -> throw misfit();
    }
  }

  private static Transferred notOpened(String path, int flags, String result) {
    return new Transferred(OpenFile.direction(flags), path, 0, 0, Optional.empty(), result);
  }

  private void keep(String handle, Opened opened) throws NotUnderstoodException {
    if (handles.containsKey(handle)) {
      throw new NotUnderstoodException("the target gave the same handle twice");
    }
    open.demand(opened.textBytes(), "names of open files", MOST_OPEN_BYTES);
    if (!memory.take(OPEN)) {
      throw memory.refusal();
    }
    handles.put(handle, opened);
    if (handles.size() > MOST_OPEN || files.size() > MOST_OPEN) {
      throw new NotUnderstoodException("more than " + MOST_OPEN + " files open at once");
    }
  }

  private void closed(Optional<Opened> opened, int status) throws NotUnderstoodException {
    accepted(status, opened.isPresent());
    if (opened.isEmpty()) {
      return;
    }
    switch (opened.get()) {
      case Opened.Directory directory -> letGo(directory);
      case OpenFile file -> {
        file.closed(status);
        tellWhenDone(file);
      }
    }
  }

  private void read(Optional<OpenFile> file, long offset, int length, Answer answer)
      throws NotUnderstoodException {
    switch (answer) {
      case Answer.Status(int code) -> {
        if (code == SftpStatus.OK) {
          throw misfit();
        }
        file.ifPresent(known -> known.notRead(code));
      }
      case Answer.Data(Slice data) -> {
        accepted(SftpStatus.OK, file.isPresent());
        if (Integer.compareUnsigned(data.length(), length) > 0
            || offset > Long.MAX_VALUE - data.length()) {
          throw new NotUnderstoodException("the target sent more of a file than was asked for");
        }
        file.ifPresent(known -> known.read(offset, data));
      }
      case Answer.Handle handle -> throw misfit();
      case Answer.Told told -> throw misfit();
    }
    file.ifPresent(this::tellWhenDone);
  }

  private void letGo(Opened opened) {
    open.give(opened.textBytes());
    memory.give(OPEN);
  }

  private void tellWhenDone(OpenFile file) {
    if (file.isDone() && files.remove(file)) {
      letGo(file);
      file.events().forEach(events);
    }
  }

  private void altered(SftpRequest.Alter alter, Answer answer) throws NotUnderstoodException {
    int status =
        switch (answer) {
          case Answer.Status(int code) -> code;
          case Answer.Told told when alter.change() == Change.EXTENSION -> SftpStatus.OK;
          case Answer.Told told -> throw misfit();
          case Answer.Handle handle -> throw misfit();
          case Answer.Data data -> throw misfit();
        };
    accepted(status, alter.known());
    // An extension that the target does not support had no effect.
    if (alter.change() != Change.EXTENSION || status != SftpStatus.UNSUPPORTED) {
      tell(alter, SftpStatus.text(status));
    }
  }

  private void tell(SftpRequest.Alter alter, String result) {
    events.accept(
        new Changed(alter.change(), alter.path(), alter.newPath(), alter.detail(), result));
  }

  private static void asked(Answer answer) throws NotUnderstoodException {
    switch (answer) {
      case Answer.Status status -> {}
      case Answer.Told told -> {}
      case Answer.Handle handle -> throw misfit();
      case Answer.Data data -> throw misfit();
    }
  }

  /** Files that are open or being opened. */
  List<Transferred> onTheirWay() {
    List<Transferred> all = new ArrayList<>();
    files.forEach(file -> all.addAll(file.soFar()));
    for (SftpRequest request : unanswered.values()) {
      if (request instanceof SftpRequest.Open(String path, int flags)) {
        all.add(notOpened(path, flags, FileEvent.UNFINISHED));
      }
    }
    return all;
  }

  /** Drops all hashes, because data may be missing from now on. */
  void loseHashes() {
    files.forEach(OpenFile::lose);
  }

  /** Reports open files and unanswered requests, and releases the memory. */
  void end() {
    List.copyOf(files).forEach(file -> file.events().forEach(events));
    for (SftpRequest request : unanswered.values()) {
      switch (request) {
        case SftpRequest.Open(String path, int flags) ->
            events.accept(notOpened(path, flags, FileEvent.UNFINISHED));
        case SftpRequest.Alter alter -> tell(alter, FileEvent.UNFINISHED);
        case SftpRequest.OpenDirectory directory -> {}
        case SftpRequest.Close close -> {}
        case SftpRequest.Read read -> {}
        case SftpRequest.Write write -> {}
        case SftpRequest.Ask ask -> {}
      }
    }
    files.clear();
    unanswered.clear();
    handles.clear();
  }
}
