package dev.sallyport.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a program or library demands of the machine that it runs on: elf(5), and the Linux Standard
 * Base's chapter on symbol versioning. Read from the segments, as the dynamic linker does, because
 * sections may be stripped.
 *
 * @param architecture as {@code uname -m} prints it
 * @param versions the versions of other libraries' symbols that must be there: {@code GLIBC_2.17}
 */
record ElfFile(String architecture, Set<String> versions) {
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final long DT_NULL = 0;
  private static final long DT_STRTAB = 5;
  private static final long DT_VERNEED = 0x6ffffffeL;
  private static final long DT_VERNEEDNUM = 0x6fffffffL;

  ElfFile {
    versions = Set.copyOf(versions);
  }

  /**
   * Reads a file.
   *
   * @return empty when it is no ELF file
   * @throws IOException also when an ELF file is cut short or contradicts itself
   */
  static Optional<ElfFile> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(new Reader(Files.readAllBytes(file)).read());
    } catch (IndexOutOfBoundsException | ArithmeticException broken) {
      throw new IOException(file + ": is no whole ELF file", broken);
    }
  }

  /** One file's bytes, with the widths and the byte order that its first bytes name. */
  private static final class Reader {
    private final ByteBuffer bytes;
    private final boolean wide;
    private final int headers;
    private final int headerSize;
    private final int headerCount;

    Reader(byte[] content) {
      wide = content[4] == 2;
      bytes =
          ByteBuffer.wrap(content)
              .order(content[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      headers = Math.toIntExact(wide ? bytes.getLong(32) : unsigned(bytes.getInt(28)));
      headerSize = half(wide ? 54 : 42);
      headerCount = half(wide ? 56 : 44);
    }

    ElfFile read() {
      Set<String> versions = new TreeSet<>();
      for (int i = 0; i < headerCount; i++) {
        int header = headers + i * headerSize;
        if (bytes.getInt(header) == PT_DYNAMIC) {
          readDynamic(offset(header), versions);
        }
      }
      return new ElfFile(architecture(half(18)), versions);
    }

    private void readDynamic(int start, Set<String> versions) {
      long strings = 0;
      long needs = 0;
      long count = 0;
      int width = wide ? 8 : 4;
      int at = start;
      for (long tag = word(at); tag != DT_NULL; tag = word(at)) {
        long value = word(at + width);
        if (tag == DT_STRTAB) {
          strings = value;
        } else if (tag == DT_VERNEED) {
          needs = value;
        } else if (tag == DT_VERNEEDNUM) {
          count = value;
        }
        at += 2 * width;
      }
      if (count > 0) {
        readNeeds(inFile(needs), count, inFile(strings), versions);
      }
    }

    /** Elf64_Verneed and Elf64_Vernaux, which are the same in 32 bits. */
    private void readNeeds(int first, long count, int strings, Set<String> versions) {
      int library = first;
      for (long i = 0; i < count; i++) {
        int version = library + bytes.getInt(library + 8);
        int versionCount = half(library + 2);
        for (int j = 0; j < versionCount; j++) {
          versions.add(text(strings + bytes.getInt(version + 8)));
          version += bytes.getInt(version + 12);
        }
        library += bytes.getInt(library + 12);
      }
    }

    /** Where in the file a segment begins. */
    private int offset(int header) {
      return Math.toIntExact(wide ? bytes.getLong(header + 8) : unsigned(bytes.getInt(header + 4)));
    }

    /** Where in the file is what the program finds at an address. */
    private int inFile(long address) {
      for (int i = 0; i < headerCount; i++) {
        int header = headers + i * headerSize;
        if (bytes.getInt(header) == PT_LOAD) {
          long start = wide ? bytes.getLong(header + 16) : unsigned(bytes.getInt(header + 8));
          long size = wide ? bytes.getLong(header + 32) : unsigned(bytes.getInt(header + 16));
          if (address >= start && address - start < size) {
            return Math.toIntExact(offset(header) + (address - start));
          }
        }
      }
      throw new IndexOutOfBoundsException("no segment has address " + address);
    }

    private long word(int at) {
      return wide ? bytes.getLong(at) : unsigned(bytes.getInt(at));
    }

    private int half(int at) {
      return Short.toUnsignedInt(bytes.getShort(at));
    }

    private static long unsigned(int number) {
      return Integer.toUnsignedLong(number);
    }

    private String text(int start) {
      int end = start;
      while (bytes.get(end) != 0) {
        end++;
      }
      return new String(bytes.array(), start, end - start, ISO_8859_1);
    }

    private static String architecture(int machine) {
      return switch (machine) {
        case 3 -> "i686";
        case 22 -> "s390x";
        case 21 -> "ppc64le";
        case 40 -> "armv7l";
        case 62 -> "x86_64";
        case 183 -> "aarch64";
        case 243 -> "riscv64";
        default -> "ELF machine " + machine;
      };
    }
  }
}
