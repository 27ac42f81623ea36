package org.millrace.durable;

import java.time.Duration;
import org.millrace.api.Channel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.channel.ChannelContract;

/** The channel on a log in memory, where what was put is taken from memory. */
class CachedChannelContractTest extends ChannelContract {
    private final FakeLog log = new FakeLog(new FakeClock());

    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        return DurableChannels.onFakeLog(log, capacity, transactionCapacity, keepAlive, 1 << 20);
    }

    @Override
    public boolean isMeantToBeDurable() {
        return true;
    }
}
