package dev.sallyport.dist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program for the installed runtime: loads every class of the jars, and prints how many it could,
 * and which classes of the JDK the others miss. Its class path is the jars and this class.
 */
final class LoadsAllClasses {
  private static final Pattern JDK = Pattern.compile("(?:java|javax|jdk|sun|com/sun)/[\\w/$]+");

  private LoadsAllClasses() {}

  /** Takes the folder with the jars. */
  public static void main(String[] arguments) throws Exception {
    Set<String> missing = new TreeSet<>();
    int loaded = 0;
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      jars = files.toList();
    }
    for (Path jar : jars) {
      try (JarFile file = new JarFile(jar.toFile())) {
        List<String> names =
            file.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                .filter(name -> !name.endsWith("-info.class"))
                .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                .toList();
        for (String name : names) {
          try {
            // A class is verified, and so finds what it misses, just before it is initialised.
            Class<?> _ = Class.forName(name, true, LoadsAllClasses.class.getClassLoader());
            loaded++;
          } catch (LinkageError lacking) {
            Matcher matcher = JDK.matcher(String.valueOf(lacking.getMessage()));
            if (matcher.find()) {
              missing.add(matcher.group() + " for " + name);
            }
          }
        }
      }
    }
    System.out.println(loaded);
    missing.forEach(System.out::println);
    // Some classes start threads.
    System.exit(0);
  }
}
