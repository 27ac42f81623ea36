package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Thrift calls that promise much, and frames that stop: they cost no more than their budget, and good peers go on beside them. */
class ThriftBadInputIT extends ListenersFixture {
    /** Frames that promise much and stop: of each a part is held, and of all together no more than maxReceiveBytes. */
    @Test
    void unfinishedThriftFramesHoldNoMoreThanTheirBudgetAndTheLargestGoes() throws Exception {
        byte[] begun = ByteBuffer.allocate(4).putInt(8 << 20).array();
        for (int round = 0; round < 4; round++) { // what one left behind would be too much by then
            floodWithFramesThatStop(begun);
        }
        await().until(() -> figure("SOURCE.t", "OpenConnectionCount") == 0);
        assertUnharmed();
    }

    private static void floodWithFramesThatStop(byte[] begun) throws Exception {
        long evictedBefore = figure("MILLRACE.source.t", "framesRefused.maxReceiveBytes");
        try (Peers peers = new Peers(20, thrift)) {
            peers.all(peer -> peer.send(begun));
            for (int i = 0; i < 4; i++) {
                peers.all(peer -> peer.send(MEGABYTE));
            }
            await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxReceiveBytes") > evictedBefore + 10);
            assertThat(figure("MILLRACE.source.t", "receiveBytesHeld")).isLessThanOrEqualTo(12 << 20);
            awaitLiveGrowthIsBounded(); // with what is held just now
            goodPeersGoOn();
        }
    }

    @Test
    void thriftCallsThatClaimTooMuchAreRefusedAndCounted() throws Exception {
        long tooLongBefore = figure("MILLRACE.source.t", "framesRefused.maxFrameBytes");
        long tooManyBefore = figure("MILLRACE.source.t", "framesRefused.maxBatchEvents");
        long malformedBefore = figure("MILLRACE.source.t", "framesRefused.malformed");
        ThriftCalls.Part[] events = new ThriftCalls.Part[1001];
        Arrays.fill(events, ThriftCalls.event(Map.of(), new byte[0]));
        byte[] tooMany = ThriftCalls.appendBatch(events);
        byte[] bogusCount = ThriftCalls.appendBatchOf(Integer.MAX_VALUE);
        byte[] bogusLength = ThriftCalls.appendBatch(ThriftCalls.event(Map.of(), new byte[0]));
        ByteBuffer.wrap(bogusLength).putInt(bogusLength.length - 6, Integer.MAX_VALUE); // that of the body
        try (Peers peers = new Peers(50, thrift)) {
            peers.all(peer ->
                    peer.send(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array()));
            peers.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        try (Peers peers = new Peers(50, thrift)) {
            peers.all(
                    peer -> peer.send(framed(tooMany)).send(framed(bogusCount)).send(framed(bogusLength)));
            goodPeersGoOn();
        }
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxFrameBytes") == tooLongBefore + 50);
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxBatchEvents") == tooManyBefore + 50);
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.malformed") == malformedBefore + 100);
        assertUnharmed();
    }
}
