package dev.sallyport.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.SafeJson;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Facts as JSON Lines: each record is one object on a line of its own, with the names of its
 * components in snake_case, without those that are empty {@link java.util.Optional}s. Printable
 * ASCII.
 */
final class Json {
  private static final JsonMapper MAPPER =
      SafeJson.MAPPER
          .rebuild()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              all -> all.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private Json() {}

  /** One line, without its end. */
  static String line(Record fact) {
    return MAPPER.writeValueAsString(fact);
  }
}
