package dev.sallyport.review;

import java.util.ArrayList;
import java.util.List;

/**
 * Follows the colours of text (SGR; ECMA-48, section 8.3.117, and xterm's colours), so that no text
 * has the colour of its background. Concealing is left out. For one thread.
 */
final class Colours {
  /** The largest sum of differences between the components of two colours that look the same. */
  private static final int NEAR = 48;

  private static final int[] CUBE = {0, 95, 135, 175, 215, 255};

  /**
   * xterm's sixteen colours. Other terminals have different ones, but hardly two that look the
   * same.
   */
  private static final int[] PALETTE = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff
  };

  /** Colours as SGR parameters; empty for the terminal's default. */
  private record Pair(String text, String background) {
    boolean areAlike() {
      int one = rgb(text);
      int other = rgb(background);
      return one >= 0
          && other >= 0
          && difference(one, other, 16) + difference(one, other, 8) + difference(one, other, 0)
              <= NEAR;
    }

    private static int difference(int one, int other, int shift) {
      return Math.abs((one >> shift & 0xff) - (other >> shift & 0xff));
    }

    String set() {
      return "\u001b[%s;%sm"
          .formatted(text.isEmpty() ? "39" : text, background.isEmpty() ? "49" : background);
    }
  }

  private static final Pair OWN = new Pair("", "");
  private static final String SHOWN = "\u001b[39;49m";

  private Pair colours = OWN;
  private Pair saved = OWN;

  /**
   * A filtered control sequence.
   *
   * @param leftOut the number of parameters that would have hidden text
   */
  record Drawn(String text, int leftOut) {}

  void reset() {
    colours = OWN;
    saved = OWN;
  }

  void save() {
    saved = colours;
  }

  /** The sequence that must follow the control function that restores the colours. */
  String restore() {
    boolean isOwn = colours.equals(OWN) && saved.equals(OWN);
    colours = saved;
    if (isOwn) {
      return "";
    }
    return colours.areAlike() ? SHOWN : colours.set();
  }

  /** Filters the parameters of SGR, which are numbers. */
  Drawn accept(String parameters) {
    Pair before = colours;
    List<String> kept = new ArrayList<>();
    String[] all = parameters.split(";", -1);
    int leftOut = 0;
    for (int i = 0; i < all.length; i++) {
      String one = all[i].replaceFirst("^0+(?=[0-9])", "");
      int length = one.equals("38") || one.equals("48") || one.equals("58") ? extended(all, i) : 1;
      String whole = String.join(";", List.of(all).subList(i, i + length));
      i += length - 1;
      if (conceals(one)) {
        leftOut++;
      } else {
        kept.add(whole);
        set(one, whole);
      }
    }
    String text = kept.isEmpty() ? "" : "\u001b[" + String.join(";", kept) + "m";
    if (colours.areAlike()) {
      return new Drawn(text + SHOWN, leftOut + (before.equals(colours) ? 0 : 1));
    }
    return new Drawn(before.areAlike() ? text + colours.set() : text, leftOut);
  }

  private static boolean conceals(String parameter) {
    return parameter.matches("8(:.*)?");
  }

  /** The number of parameters of a colour whose first is at this index. */
  private static int extended(String[] all, int index) {
    String kind = index + 1 < all.length ? all[index + 1] : "";
    int length =
        switch (kind) {
          case "5" -> 3;
          case "2" -> 5;
          default -> 1;
        };
    return Math.min(length, all.length - index);
  }

  private void set(String first, String whole) {
    String code = first.split(":", 2)[0];
    int number = code.isEmpty() ? 0 : Integer.parseInt(code);
    if (number == 0) {
      colours = OWN;
    } else if (number == 39) {
      colours = new Pair("", colours.background);
    } else if (number == 49) {
      colours = new Pair(colours.text, "");
    } else if (number == 38 || (number >= 30 && number <= 37) || (number >= 90 && number <= 97)) {
      colours = new Pair(whole, colours.background);
    } else if (number == 48 || (number >= 40 && number <= 47) || (number >= 100 && number <= 107)) {
      colours = new Pair(colours.text, whole);
    }
  }

  /** The colour as 0xRRGGBB; -1 for the terminal's default, or an unknown one. */
  private static int rgb(String sgr) {
    if (sgr.isEmpty()) {
      return -1;
    }
    String[] parts = sgr.split("[;:]+");
    int number = Integer.parseInt(parts[0]);
    return switch (number) {
      case 38, 48 -> extended(parts);
      default -> PALETTE[number >= 90 ? number % 10 + 8 : number % 10];
    };
  }

  private static int extended(String[] parts) {
    if (parts.length >= 3 && parts[1].equals("5")) {
      return indexed(Integer.parseInt(parts[2]));
    }
    if (parts.length >= 5 && parts[1].equals("2")) {
      // The form with colons may have a colour space before the three components.
      int from = parts.length - 3;
      return part(parts[from]) << 16 | part(parts[from + 1]) << 8 | part(parts[from + 2]);
    }
    return -1;
  }

  private static int part(String number) {
    return Math.min(255, Integer.parseInt(number));
  }

  private static int indexed(int index) {
    if (index < 16) {
      return PALETTE[index];
    }
    if (index < 232) {
      int cube = index - 16;
      return CUBE[cube / 36] << 16 | CUBE[cube / 6 % 6] << 8 | CUBE[cube % 6];
    }
    int grey = Math.min(255, 8 + 10 * (index - 232));
    return grey << 16 | grey << 8 | grey;
  }
}
