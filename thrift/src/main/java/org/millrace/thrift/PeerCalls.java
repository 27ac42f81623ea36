package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;

/** A sink's calls on its connection, and the answers to them, which come in the same order. The sink's thread only. */
final class PeerCalls {
    private final ThriftSinkSettings settings;
    private final PeerLink peer;
    private final CallWriter calls;

    PeerCalls(ThriftSinkSettings settings, PeerLink peer) {
        this.settings = settings;
        this.peer = peer;
        this.calls = new CallWriter(settings.protocol(), settings.maxCallBytes());
    }

    /**
     * Connects if there is no connection, and sends.
     *
     * @param transaction that took the batches
     * @param batches lent, none of them empty
     */
    Flight send(Transaction transaction, List<EventBatch> batches)
            throws IOException, DeliveryException, InterruptedException {
        PeerConnection to = peer.connect();
        int firstSerial = calls.lastSerial() + 1;
        int bytes = batches.stream().mapToInt(EventBatch::encodedBytes).sum();
        ByteBuf frames = PooledByteBufAllocator.DEFAULT.directBuffer(bytes + bytes / 8 + 64);
        try {
            int count = calls.write(batches, frames);
            to.send(frames, settings.requestTimeout());
            int events = batches.stream().mapToInt(EventBatch::events).sum();
            return new Flight(transaction, events, firstSerial, count);
        } finally {
            frames.release();
        }
    }

    /**
     * Waits for the answers to the oldest batch that has none.
     *
     * @return what is wrong with it; null if the peer has it
     * @throws IOException if there is no answer
     * @throws MalformedException if it is none, or one to another call
     */
    @Nullable
    String answerTo(Flight flight, Duration timeout) throws IOException {
        PeerConnection from = peer.connected();
        String problem = null;
        for (int call = 0; call < flight.calls(); call++) {
            Reply reply = Reply.read(from.receive(timeout), settings.protocol());
            if (reply.serial() != flight.firstSerial() + call) {
                throw new MalformedException("the answer is to call " + reply.serial() + " (expected: to call "
                        + (flight.firstSerial() + call) + ")");
            }
            problem = problem == null ? reply.problem() : problem;
        }
        return problem;
    }
}
