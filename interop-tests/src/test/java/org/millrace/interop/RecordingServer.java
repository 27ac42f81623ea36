package org.millrace.interop;

import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.EventServer;

/** The end of a chain, which shares no line and no mistake with ours: checks each event and keeps its number. */
final class RecordingServer implements AutoCloseable, EventServer.Taker {
    private final EventCheck check;
    private final boolean peersAreKilled;
    private final EventServer server;

    private final BitSet arrived = new BitSet();
    private long events;
    private long bodyBytes;
    private @Nullable String firstFault;

    /** Judges an event and tells its number. */
    interface EventCheck {
        int numberOf(Map<String, String> headers, byte[] body);
    }

    RecordingServer(EventCheck check) throws IOException {
        this(check, false);
    }

    /** For peers that are killed, so that a connection which breaks is no fault; what comes over it can still be one. */
    static RecordingServer ofKilledPeers(EventCheck check) throws IOException {
        return new RecordingServer(check, true);
    }

    private RecordingServer(EventCheck check, boolean peersAreKilled) throws IOException {
        this.check = check;
        this.peersAreKilled = peersAreKilled;
        this.server = new EventServer(0, this);
    }

    int port() {
        return server.port();
    }

    /** All events that have arrived, those that came twice counted twice. */
    synchronized long events() {
        return events;
    }

    synchronized long bodyBytes() {
        return bodyBytes;
    }

    /** How many different numbers have arrived. */
    synchronized int numbers() {
        return arrived.cardinality();
    }

    /** How many events had a number that had arrived before. */
    synchronized long repeated() {
        return events - arrived.cardinality();
    }

    /** True if each number from {@code first} to {@code first + count - 1} has arrived. */
    synchronized boolean hasAll(int first, int count) {
        return arrived.nextClearBit(first) >= first + count;
    }

    /** What was wrong with the first event or frame that was not as it should be. */
    synchronized @Nullable String firstFault() {
        return firstFault;
    }

    @Override
    public void take(Map<String, String> headers, byte[] body) {
        record(check.numberOf(headers, body), body.length);
    }

    @Override
    public synchronized void fault(Exception why) {
        if (firstFault == null) {
            firstFault = why.toString();
        }
    }

    @Override
    public void broken(IOException why) {
        if (!peersAreKilled) {
            fault(why);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private synchronized void record(int number, int length) {
        arrived.set(number);
        events++;
        bodyBytes += length;
    }
}
