package dev.sallyport.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;

/** Writes readable HOCON, in the given order. */
final class HoconPrinter {
  private final StringBuilder text = new StringBuilder();

  private HoconPrinter() {}

  /**
   * @param block strings, numbers, Booleans, and lists and maps of these
   */
  static String print(Map<String, ?> block) {
    HoconPrinter printer = new HoconPrinter();
    printer.entries(block, "");
    return printer.text.toString();
  }

  private void entries(Map<?, ?> block, String indent) {
    block.forEach((key, value) -> {
      text.append(indent).append(ConfigUtil.joinPath(String.valueOf(key)));
      text.append(value instanceof Map<?, ?> ? " " : " = ");
      value(value, indent);
      text.append('\n');
    });
  }

  private void value(Object value, String indent) {
    switch (value) {
      case Map<?, ?> block when !block.isEmpty() -> {
        text.append("{\n");
        entries(block, indent + "  ");
        text.append(indent).append('}');
      }
      case List<?> list when list.stream().anyMatch(Map.class::isInstance) -> {
        text.append("[\n");
        for (Object element : list) {
          text.append(indent).append("  ");
          value(element, indent + "  ");
          text.append('\n');
        }
        text.append(indent).append(']');
      }
      default ->
          text.append(ConfigValueFactory.fromAnyRef(value).render(ConfigRenderOptions.concise()));
    }
  }
}
