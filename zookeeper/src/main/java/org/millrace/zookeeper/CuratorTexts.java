package org.millrace.zookeeper;

import java.time.Duration;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.common.PathUtils;
import org.millrace.relay.config.TextSource;
import org.millrace.relay.config.ZooKeeperTexts;

/** Reads with Curator. */
public final class CuratorTexts implements ZooKeeperTexts {
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(15);

    /** For {@code ServiceLoader}. */
    public CuratorTexts() {}

    @Override
    public TextSource source(String connection, String node) {
        PathUtils.validatePath(node);
        ConnectStringParser parsed = new ConnectStringParser(connection);
        parsed.getServerAddresses().forEach(server -> {
            if (server.getHostString().isBlank()) {
                throw new IllegalArgumentException("expected: HOST[:PORT][,HOST[:PORT]...][/PATH]");
            }
        });
        return new ZooKeeperText(connection, node, TIME_TO_CONNECT);
    }
}
