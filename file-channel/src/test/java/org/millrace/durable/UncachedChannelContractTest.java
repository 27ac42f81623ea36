package org.millrace.durable;

import java.time.Duration;
import org.millrace.api.Channel;
import org.millrace.testkit.ChannelContract;

/** The channel on a log in memory, where all that is taken comes from the log. */
class UncachedChannelContractTest extends ChannelContract {
    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        return DurableChannels.onFakeLog(capacity, transactionCapacity, keepAlive, 0);
    }

    /** Each has a log of its own. */
    @Override
    protected boolean isCreatedInTheSamePlace() {
        return false;
    }
}
