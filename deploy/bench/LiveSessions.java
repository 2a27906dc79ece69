import java.io.IOException;
import java.util.List;

/** What terminal sessions cost a bastion that are open at the same time. */
final class LiveSessions {
  /** Sessions before the first figure, so that what a server loads once does not count for each. */
  private static final int WARM_UP = 20;

  private final Client client;
  private final Server instance;
  private final int sessions;

  /**
   * @param sessions at the same time
   */
  LiveSessions(Client client, Server instance, int sessions) {
    this.client = client;
    this.instance = instance;
    this.sessions = sessions;
  }

  /**
   * Starts a bastion of its own, because an old one has memory to give away.
   *
   * @return KiB for each session, as a proportional set size
   */
  double run(Route.Way way, Server.Recipe recipe) throws IOException, InterruptedException {
    try (Server bastion = recipe.start()) {
      Route route = new Route(way, bastion, instance, client);
      close(Logins.inParallel(WARM_UP, () -> open(route)));
      bastion.awaitNoChildren();
      long before = IdleConnections.settled(bastion);
      List<OpenSession> open = Logins.inParallel(sessions, () -> open(route));
      long after = IdleConnections.settled(bastion);
      for (OpenSession session : open) {
        if (!session.ssh().isAlive()) {
          throw session.failure("a session did not last");
        }
      }
      close(open);
      bastion.awaitNoChildren();
      return (double) (after - before) / sessions;
    }
  }

  private static OpenSession open(Route route) throws IOException {
    return OpenSession.start(route, route.terminal("echo ready; exec cat"));
  }

  private static void close(List<OpenSession> sessions) throws InterruptedException {
    sessions.forEach(session -> session.ssh().destroy());
    for (OpenSession session : sessions) {
      session.ssh().waitFor();
    }
  }
}
