package org.millrace.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.jspecify.annotations.Nullable;
import org.millrace.singlenode.SingleNode;

/** The HDFS that a soak plays with, in this process, and the agent that writes to it. One thread. */
final class HdfsStage implements AutoCloseable {
    private static final Path ROOT = new Path("/soak");
    private static final String SPARE_SPACE =
            "dfs.datanode.round-robin-volume-choosing-policy.additional-available-space";

    private final SingleNode node;
    private final DistributedFileSystem admin;
    private final HdfsAgent agent;
    private final @Nullable Ballast ballast;

    private HdfsStage(SingleNode node, DistributedFileSystem admin, HdfsAgent agent, @Nullable Ballast ballast) {
        this.node = node;
        this.admin = admin;
        this.agent = agent;
        this.ballast = ballast;
    }

    /**
     * The load begins at once, and waits for {@link HdfsAgent#launch}.
     *
     * @param formats of the agent's sinks
     * @param keepsEvents whether the agent's channel outlives it
     * @param disk for the data node's blocks alone, so that it can be filled; null: beside all else
     */
    static HdfsStage set(
            java.nio.file.Path own,
            java.nio.file.@Nullable Path disk,
            List<SoakFormat> formats,
            boolean keepsEvents,
            LoadPlan plan)
            throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "dfs.permissions.enabled", "true",
                "dfs.heartbeat.interval", "1",
                "dfs.namenode.heartbeat.recheck-interval", "1000",
                "dfs.namenode.fs-limits.min-block-size", "1048576"));
        if (disk != null) {
            settings.put("dfs.datanode.data.dir", disk.resolve("blocks").toUri().toString());
            settings.put(SPARE_SPACE, "0"); // or a gigabyte of it stays out of reach
        }
        SingleNode node = SingleNode.start(own.resolve("hdfs"), 0, settings);
        try {
            DistributedFileSystem admin =
                    (DistributedFileSystem) FileSystem.newInstance(node.address(), new Configuration());
            admin.mkdirs(ROOT, new FsPermission((short) 0755));
            admin.setOwner(ROOT, HdfsAgent.USER, HdfsAgent.USER);
            Files.writeString(Files.createDirectories(own.resolve("hadoop")).resolve("hdfs-site.xml"), """
                <configuration>
                  <property><name>dfs.blocksize</name><value>1048576</value></property>
                  <property><name>dfs.replication</name><value>1</value></property>
                </configuration>
                """);
            URI target = URI.create(node.address() + ROOT.toString());
            HdfsAgent agent = new HdfsAgent(own, target, formats, keepsEvents, plan);
            return new HdfsStage(node, admin, agent, disk == null ? null : new Ballast(disk.resolve("ballast")));
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    SingleNode node() {
        return node;
    }

    /** HDFS as its superuser sees it. */
    DistributedFileSystem admin() {
        return admin;
    }

    Path root() {
        return ROOT;
    }

    HdfsAgent agent() {
        return agent;
    }

    boolean hasDisk() {
        return ballast != null;
    }

    void fillDisk() {
        ballast().growToTheEnd();
    }

    void freeDisk() throws IOException {
        ballast().free();
    }

    private Ballast ballast() {
        if (ballast == null) {
            throw new IllegalStateException("no disk was given that can be filled");
        }
        return ballast;
    }

    @Override
    public void close() throws IOException {
        agent.close();
        admin.close();
        node.close();
    }
}
