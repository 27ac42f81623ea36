package org.millrace.testkit.process;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that have to be told theirs in a file. They lie below the range that the kernel gives to outgoing
 * connections, so that none of those can take one between here and its use; and each is given once in the life of this process, so that
 * two who ask before either listens do not get the same. Nor do two processes: each has slices of the range to itself, and listens on
 * the first port of a slice as long as it lives, which no other process then can. Thread-safe.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int SLICE = 200;
    private static final int SLICES = 40; // up to the ports that the scripts take
    private static final FreePorts OURS = new FreePorts();

    /** Never closed, so that the slices are ours until this process ends. */
    private final List<ServerSocket> claims = new ArrayList<>();

    private int last;
    private int end;

    FreePorts() {}

    /** A port that nobody listens on, neither by TCP nor by UDP, and that was not given before. */
    public static int next() {
        return OURS.take();
    }

    synchronized int take() {
        do {
            last++;
            if (last >= end) {
                claimSlice();
            }
        } while (!isFree(last));
        return last;
    }

    private void claimSlice() {
        int start = ThreadLocalRandom.current().nextInt(SLICES);
        for (int i = 0; i < SLICES; i++) {
            int first = FIRST + (start + i) % SLICES * SLICE;
            if (claim(first)) {
                last = first + 1;
                end = first + SLICE;
                return;
            }
        }
        throw new IllegalStateException("each of the " + SLICES + " slices of the ports from " + FIRST + " to "
                + (FIRST + SLICES * SLICE - 1) + " is in use; " + claims.size() + " by this process");
    }

    private boolean claim(int port) {
        try {
            claims.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            return true;
        } catch (IOException taken) {
            return false;
        }
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
