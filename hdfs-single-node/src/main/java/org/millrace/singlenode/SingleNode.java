package org.millrace.singlenode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DFSConfigKeys;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.jspecify.annotations.Nullable;

/**
 * A name node and a data node of Hadoop's own in this process, on loopback. What was written is there again when the same directory is
 * started once more. One thread starts and closes it.
 */
public final class SingleNode implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ANY_PORT = LOOPBACK + ":0";
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_MILLIS = 20;
    /** Hadoop turns a blank into %20 and then takes that for a format of its own: its data node never registers. */
    private static final Pattern SAFE_PATH = Pattern.compile("[\\w/.+@=,:-]+");

    private final Configuration settings;
    private NameNode nameNode;
    private @Nullable DataNode dataNode;

    private SingleNode(Configuration settings, NameNode nameNode) {
        this.settings = settings;
        this.nameNode = nameNode;
    }

    /**
     * Returns once the data node has registered and files can be written. Formats the directory the first time only.
     *
     * @param directory for all data; made if it is missing; its path of letters, digits and {@code / . _ + @ = : -} alone
     * @param port of the name node, 0 for any free one
     * @throws IOException with what stands in the way, such as a port that is taken; nothing is left running
     */
    public static SingleNode start(Path directory, int port) throws IOException, InterruptedException {
        return start(directory, port, Map.of());
    }

    /**
     * As {@link #start(Path, int)}.
     *
     * @param more of Hadoop's settings
     */
    public static SingleNode start(Path directory, int port, Map<String, String> more)
            throws IOException, InterruptedException {
        Path base = directory.toAbsolutePath().normalize();
        if (!SAFE_PATH.matcher(base.toString()).matches()) {
            throw new IOException(base + ": Hadoop cannot keep data in a path with blanks or special characters");
        }
        DefaultMetricsSystem.setMiniClusterMode(true); // two nodes in one process share one metrics system
        Configuration settings = settings(base, port);
        more.forEach(settings::set);
        if (Files.notExists(base.resolve("name").resolve("current"))) {
            NameNode.format(settings);
        }
        SingleNode node = new SingleNode(settings, new NameNode(settings));
        settings.set("fs.defaultFS", node.address().toString()); // the port is known now
        try {
            node.startDataNode();
            return node;
        } catch (IOException | InterruptedException e) {
            node.close();
            throw e;
        }
    }

    private static Configuration settings(Path base, int port) {
        Configuration settings = new Configuration();
        settings.set("fs.defaultFS", "hdfs://" + LOOPBACK + ":" + port);
        settings.set("hadoop.tmp.dir", base.resolve("tmp").toString());
        settings.set(
                DFSConfigKeys.DFS_NAMENODE_NAME_DIR_KEY,
                base.resolve("name").toUri().toString());
        settings.set(
                DFSConfigKeys.DFS_DATANODE_DATA_DIR_KEY,
                base.resolve("data").toUri().toString());
        settings.set(DFSConfigKeys.DFS_NAMENODE_HTTP_ADDRESS_KEY, ANY_PORT);
        settings.set(DFSConfigKeys.DFS_DATANODE_ADDRESS_KEY, ANY_PORT);
        settings.set(DFSConfigKeys.DFS_DATANODE_HTTP_ADDRESS_KEY, ANY_PORT);
        settings.set(DFSConfigKeys.DFS_DATANODE_IPC_ADDRESS_KEY, ANY_PORT);
        settings.setInt(DFSConfigKeys.DFS_REPLICATION_KEY, 1);
        settings.setInt(DFSConfigKeys.DFS_NAMENODE_SAFEMODE_EXTENSION_KEY, 0); // milliseconds
        settings.setBoolean(DFSConfigKeys.DFS_PERMISSIONS_ENABLED_KEY, false); // one person on one machine
        return settings;
    }

    /** Returns once it has registered. */
    public void startDataNode() throws IOException, InterruptedException {
        dataNode = DataNode.createDataNode(new String[0], settings);
        awaitReady();
    }

    /** As if its machine were switched off; its data stays. */
    public void stopDataNode() {
        if (dataNode != null) {
            dataNode.shutdown();
            dataNode = null;
        }
    }

    /** Returns once it is gone: until {@link #startNameNode}, {@link #address} is what it was. */
    public void stopNameNode() {
        nameNode.stop();
        nameNode.join();
    }

    /** Starts it again at its address, and returns once the data node has found it. */
    public void startNameNode() throws IOException, InterruptedException {
        nameNode = new NameNode(settings);
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (nameNode.getNamesystem().getNumLiveDataNodes() == 0 || nameNode.isInSafeMode()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the data node did not register, or the name node not leave safe mode, within "
                        + READY_WITHIN.toSeconds() + " s");
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    /** Where clients connect, {@code hdfs://127.0.0.1:port}. */
    public URI address() {
        return URI.create(
                "hdfs://" + LOOPBACK + ":" + nameNode.getNameNodeAddress().getPort());
    }

    /** The name node's web page. */
    URI webAddress() {
        return URI.create("http://" + LOOPBACK + ":" + nameNode.getHttpAddress().getPort());
    }

    /** Stops both nodes and keeps their data. */
    @Override
    public void close() {
        stopDataNode();
        stopNameNode();
    }
}
