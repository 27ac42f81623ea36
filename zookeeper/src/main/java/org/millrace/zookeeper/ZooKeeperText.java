package org.millrace.zookeeper;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.millrace.relay.config.TextSource;

/**
 * The text of one node. The connection is made at the first read and stays: each read leaves a watch behind, which tells of the next
 * change. A watch that is lost with its session costs no more than the time until the agent looks again by itself. One thread, but for
 * the watch.
 */
final class ZooKeeperText implements TextSource {
    /** Flume's: a call that failed is made once more. */
    private static final int MILLIS_TO_RETRY = 1_000;

    private final String connection;
    private final String node;
    private final Duration timeToConnect;
    private final CuratorFramework client;
    private final Watcher watcher = this::onEvent;
    private volatile Runnable listener = () -> {};

    /** @param timeToConnect for a connection to one of the servers, and for each call once there is one */
    ZooKeeperText(String connection, String node, Duration timeToConnect) {
        this.connection = connection;
        this.node = node;
        this.timeToConnect = timeToConnect;
        int millis = Math.toIntExact(timeToConnect.toMillis());
        this.client = CuratorFrameworkFactory.builder()
                .connectString(connection)
                .connectionTimeoutMs(millis)
                .sessionTimeoutMs(2 * millis)
                .retryPolicy(new RetryOneTime(MILLIS_TO_RETRY))
                .build();
        client.getConnectionStateListenable().addListener((curator, state) -> onConnection(state));
    }

    @Override
    public String name() {
        return "zookeeper:" + connection + node;
    }

    @Override
    public byte[] read() throws IOException {
        try {
            connect();
            return text();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void onChange(Runnable changed) {
        listener = changed;
    }

    private void connect() throws IOException, InterruptedException {
        if (client.getState() == CuratorFrameworkState.LATENT) {
            client.start();
        }
        if (!client.blockUntilConnected(Math.toIntExact(timeToConnect.toMillis()), TimeUnit.MILLISECONDS)) {
            throw new IOException(
                    "no server of ZooKeeper answers at " + connection + " within " + timeToConnect.toSeconds() + " s");
        }
    }

    private byte[] text() throws IOException, InterruptedException {
        try {
            byte[] text = client.getData().usingWatcher(watcher).forPath(node);
            return text == null ? new byte[0] : text;
        } catch (KeeperException.NoNodeException e) {
            watchForTheNode();
            throw new IOException("no such node (expected: a node with the agent's properties)", e);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // what Curator declares
            throw new IOException(e.getMessage(), e);
        }
    }

    private void watchForTheNode() throws IOException, InterruptedException {
        try {
            client.checkExists().usingWatcher(watcher).forPath(node);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // what Curator declares
            throw new IOException(e.getMessage(), e);
        }
    }

    private void onEvent(WatchedEvent event) {
        if (event.getType() != Watcher.Event.EventType.None) {
            listener.run();
        }
    }

    /** What changed while there was no connection was not told of. */
    private void onConnection(ConnectionState state) {
        if (state == ConnectionState.RECONNECTED) {
            listener.run();
        }
    }
}
