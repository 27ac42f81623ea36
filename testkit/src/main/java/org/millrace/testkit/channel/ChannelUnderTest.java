package org.millrace.testkit.channel;

import java.time.Duration;
import org.millrace.api.Channel;
import org.millrace.codec.EventBatch;

/** What the tests of a contract ask of a channel's own test. */
interface ChannelUnderTest {
    /** One that is not started yet, in the same place as all others of the test; whoever asks for it closes it. */
    Channel notStarted(int capacity, int transactionCapacity, Duration keepAlive);

    /** The started channel; closed, and looked into for leaks, after the test. */
    Channel started(int capacity, int transactionCapacity, Duration keepAlive);

    /** Numbered events that have to be released in the end. */
    EventBatch numbered(int first, int events);

    /** Events with bodies of so many bytes that have to be released in the end. */
    EventBatch sized(int events, int bodyBytes);

    /** Whether what it has acknowledged is to outlive it. Said by the channel's test, so that it cannot be so by mistake. */
    boolean isMeantToBeDurable();
}
