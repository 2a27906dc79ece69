package dev.sallyport.config;

import dev.sallyport.model.Parsed;
import dev.sallyport.ssh.AlgorithmCatalog;
import dev.sallyport.ssh.Algorithms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code sallyport.algorithms}: each list is a selection from the catalog, in an order of its own.
 */
final class AlgorithmsBlock {
  private AlgorithmsBlock() {}

  static Algorithms read(Block block) {
    Algorithms otherwise = AlgorithmCatalog.DEFAULT;
    Algorithms algorithms =
        new Algorithms(
            choice(
                block, "key-exchanges", AlgorithmCatalog.KEY_EXCHANGES, otherwise.keyExchanges()),
            choice(block, "ciphers", AlgorithmCatalog.CIPHERS, otherwise.ciphers()),
            choice(block, "macs", AlgorithmCatalog.MACS, otherwise.macs()),
            choice(block, "public-keys", AlgorithmCatalog.PUBLIC_KEYS, otherwise.publicKeys()),
            choice(block, "host-keys", AlgorithmCatalog.HOST_KEYS, otherwise.hostKeys()));
    block.end();
    return algorithms;
  }

  private static List<String> choice(
      Block block, String key, List<String> known, List<String> otherwise) {
    return block.parsedList(
        key,
        name ->
            known.contains(name)
                ? new Parsed.Valid<>(name)
                : new Parsed.Malformed<>(
                    "is not an algorithm that Sallyport speaks"
                        + Nearest.hint(name, known)
                        + "; it speaks "
                        + String.join(", ", known)),
        otherwise);
  }

  static Map<String, Object> print(Algorithms algorithms) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("key-exchanges", algorithms.keyExchanges());
    block.put("ciphers", algorithms.ciphers());
    block.put("macs", algorithms.macs());
    block.put("public-keys", algorithms.publicKeys());
    block.put("host-keys", algorithms.hostKeys());
    return block;
  }
}
