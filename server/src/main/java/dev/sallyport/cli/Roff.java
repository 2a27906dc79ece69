package dev.sallyport.cli;

import java.util.List;

/** Writes a page in the macros of man(7). */
public final class Roff {
  private final StringBuilder text = new StringBuilder();

  /**
   * @param name of the page, in section 1
   * @param source what the page belongs to, at its foot
   */
  public Roff(String name, String source) {
    text.append(".TH \"").append(escaped(name)).append("\" 1 \"\" \"").append(escaped(source));
    text.append("\"\n.nh\n.ad l\n");
  }

  public Roff section(String title) {
    text.append(".SH ").append(escaped(title)).append('\n');
    return this;
  }

  /** Lines that are filled to a paragraph. */
  public Roff paragraph(List<String> lines) {
    text.append(".PP\n");
    lines.forEach(this::line);
    return this;
  }

  /** A term, and below it, indented, what it means. */
  public Roff definition(String term, List<String> lines) {
    text.append(".TP\n.B ").append(escaped(term)).append('\n');
    lines.forEach(this::line);
    return this;
  }

  public Roff line(String line) {
    String escaped = escaped(line);
    // A dot or an apostrophe at the beginning would make it a request.
    text.append(escaped.startsWith(".") ? "\\&" : "").append(escaped).append('\n');
    return this;
  }

  /** What people type stays as it is: hyphens, quotes and tildes of ASCII. */
  private static String escaped(String plain) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      escaped.append(
          switch (c) {
            case '\\' -> "\\e";
            case '-' -> "\\-";
            case '\'' -> "\\(aq";
            case '"' -> "\\(dq";
            case '`' -> "\\(ga";
            case '^' -> "\\(ha";
            case '~' -> "\\(ti";
            default -> String.valueOf(c);
          });
    }
    return escaped.toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
