package io.freshet.lab.ops;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A store that speaks S3, with one bucket named freshet, in a separate process. It keeps objects as
 * files and checks the signature of every request.
 */
final class S3Server implements AutoCloseable {
  private static final Path FOLDER =
      Path.of(System.getProperty("project.build.directory", "target"), "s3").toAbsolutePath();
  private static final String USER = "freshet";
  private static final String SECRET = "drift-of-the-tide";

  private final Path folder;
  private final int port;
  private final Process process;

  S3Server(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.createDirectories(folder.resolve("objects/freshet"));
    Path settings = folder.resolve("s3proxy.conf");
    Files.writeString(
        settings,
        """
        s3proxy.endpoint=%s
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        jclouds.identity=none
        jclouds.credential=none
        """
            .formatted(endpoint(), USER, SECRET, folder.resolve("objects")));
    process =
        new ProcessBuilder(
                Processes.JAVA,
                "-Xmx192m",
                "-jar",
                FOLDER.resolve("s3proxy.jar").toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    awaitListening();
  }

  private void awaitListening() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException(Files.readString(folder.resolve("s3proxy.log")), e);
        }
        Thread.sleep(50);
      }
    }
  }

  private String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** What makes a process of ours reach the store: a plugin, and the settings in the docs. */
  Map<String, String> environment(String secret) throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf-" + secret));
    Files.writeString(
        conf.resolve("config.yaml"),
        """
        s3.endpoint: %s
        s3.path.style.access: true
        """
            .formatted(endpoint()));
    return Map.of(
        "FLINK_CONF_DIR",
        conf.toString(),
        "FLINK_PLUGINS_DIR",
        FOLDER.resolve("plugins").toString(),
        "AWS_ACCESS_KEY_ID",
        USER,
        "AWS_SECRET_ACCESS_KEY",
        secret);
  }

  Map<String, String> environment() throws IOException {
    return environment(SECRET);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
