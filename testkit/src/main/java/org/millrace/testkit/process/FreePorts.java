package org.millrace.testkit.process;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that have to be told theirs in a file. They lie below the range that the kernel gives to outgoing
 * connections, so that none of those can take one between here and its use; and each is given once in the life of this process, so that
 * two who ask before either listens do not get the same. Thread-safe.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 18_000;
    private static final int TRIES = 1000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** A port that nobody listens on, neither by TCP nor by UDP, and that was not given before. */
    public static int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1) + " after " + TRIES
                + " tries; " + GIVEN.size() + " were given, or looked at, before");
    }

    static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.bind(address);
            udp.bind(address);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
