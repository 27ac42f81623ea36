package org.millrace.singlenode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the file system until SIGTERM or SIGINT. A file {@code address} in its directory holds its address while it can be used. */
@Command(name = "serve", description = "Run a name node and a data node until told to stop.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

    @Option(names = "--dir", required = true, description = "where all data lives")
    private Path directory = Path.of(".");

    @Option(names = "--port", description = "port of the name node; 0 (default) takes a free one")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path addressFile = directory.resolve("address");
        Files.deleteIfExists(addressFile); // of a run that was killed
        SingleNode node = SingleNode.start(directory.resolve("data"), port);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(addressFile), "stop"));
        announce(node, addressFile);
        new CountDownLatch(1).await(); // until a signal ends the process
        return 0;
    }

    /** Written beside and renamed, so that whoever waits for the file finds it whole. */
    private static void announce(SingleNode node, Path addressFile) throws IOException {
        Path whole = addressFile.resolveSibling("address.new");
        Files.writeString(whole, node.address() + "\n");
        Files.move(whole, addressFile, StandardCopyOption.ATOMIC_MOVE);
        log.info("ready: {} (web page {})", node.address(), node.webAddress());
    }

    /**
     * The nodes themselves are ended by the process, as Hadoop's own programs are: their edits are on disk, and they cannot be stopped in
     * order once Hadoop's shutdown hooks run.
     */
    private static void leave(Path addressFile) {
        try {
            Files.deleteIfExists(addressFile);
        } catch (IOException e) {
            log.warn("cannot remove {}", addressFile, e);
        }
        log.info("stopped");
    }
}
