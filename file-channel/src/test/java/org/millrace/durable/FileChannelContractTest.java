package org.millrace.durable;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Channel;
import org.millrace.testkit.channel.ChannelContract;

/** The channel as it is delivered, on a disk. */
class FileChannelContractTest extends ChannelContract {
    @TempDir
    private Path directory;

    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        Map<String, String> settings =
                Map.of("capacity", "" + capacity, "transactionCapacity", "" + transactionCapacity);
        return DurableChannels.onDisk(directory, InstantSource.system(), keepAlive, settings);
    }

    @Override
    public boolean isMeantToBeDurable() {
        return true;
    }
}
