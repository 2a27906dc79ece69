package dev.sallyport.operations;

import java.net.InetAddress;
import java.util.List;

/** What the server that runs would refuse before it looks at any key. */
@FunctionalInterface
public interface Admissions {
  /** Why a login would be refused now; a sentence each, without a line break. */
  List<String> refusals(InetAddress source, String user);
}
