package org.millrace.relay.config;

import java.util.ServiceLoader;

/** Reads configurations out of ZooKeeper. Found with {@link ServiceLoader}: an agent that has its configuration elsewhere needs none. */
public interface ZooKeeperTexts {
    /**
     * The text of a node. No connection is made before it is read.
     *
     * @param connection the servers, as ZooKeeper's clients take them: {@code HOST[:PORT][,HOST[:PORT]...][/PATH]}
     * @param node the absolute path of the node
     * @throws IllegalArgumentException if one of them is not as expected
     */
    TextSource source(String connection, String node);

    /**
     * The one that is installed.
     *
     * @throws IllegalArgumentException if there is none
     */
    static ZooKeeperTexts installed() {
        return ServiceLoader.load(ZooKeeperTexts.class)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no ZooKeeper in this install (expected: zookeeper-*.jar on the class path)"));
    }
}
