package dev.sallyport.plugins.command;

import dev.sallyport.support.keys.KeysFolder;
import java.io.IOException;
import java.nio.file.Path;

/** Programs of an administrator, as shell scripts. */
final class Scripts {
  private final KeysFolder folder;

  Scripts(Path folder) throws IOException {
    this.folder = new KeysFolder(folder);
  }

  Path folder() {
    return folder.folder();
  }

  /** Writes an executable script of these lines. */
  String write(String name, String... lines) throws IOException {
    Path script = folder.write(name, "#!/bin/sh\n" + String.join("\n", lines));
    KeysFolder.mode(script, "rwxr-xr-x");
    return script.toString();
  }
}
