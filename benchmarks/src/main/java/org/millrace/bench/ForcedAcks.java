package org.millrace.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The least that a durable ack takes: a thread writes as many bytes as have come since it last did, forces them, and has all their
 * answers sent. Nothing is copied, checked, or ever read again. For connections of one event loop.
 *
 * <p>Two and three such threads at a time, and one that waits up to 100 µs for 12 or for all 16 of what is in flight, parked or
 * spinning, were tried with single events on 16 connections: none was better by more than the machine's noise. An event loop that waits
 * for all 16 and forces by itself had a third more; but it answers nobody while the disk hangs.
 */
final class ForcedAcks implements NullServerHandler.DurableAcks, AutoCloseable {
    private final FilledFile file;
    private final ConcurrentLinkedQueue<Answers> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "forced-acks");
    private volatile boolean parked;
    private volatile boolean stopping;

    /**
     * What waits for the disk.
     *
     * @param bytes of the requests
     */
    private record Answers(ChannelHandlerContext connection, ByteBuf answers, int bytes) {
        void send() {
            connection.writeAndFlush(answers, connection.voidPromise());
        }
    }

    ForcedAcks(Path dir) throws IOException {
        file = new FilledFile(dir.resolve("forced"));
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void send(ChannelHandlerContext connection, ByteBuf answers, int bytes) {
        queue.add(new Answers(connection, answers, bytes));
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                if (queue.isEmpty()) {
                    rest();
                } else {
                    writeGroup();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a forced write failed", e); // its load ends for want of answers
        }
    }

    private void rest() {
        parked = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void writeGroup() throws IOException {
        List<Answers> group = new ArrayList<>();
        int bytes = 0;
        for (Answers next = queue.peek();
                next != null && (group.isEmpty() || bytes + next.bytes <= FilledFile.MOST_GROUP_BYTES);
                next = queue.peek()) {
            bytes += next.bytes;
            group.add(queue.remove());
        }
        file.write(bytes);
        group.get(0).connection.executor().execute(() -> group.forEach(Answers::send));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
        file.close();
    }
}
