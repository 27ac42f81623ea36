package org.millrace.testkit.channel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.millrace.api.Channel;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.ReleaseCheck;

/**
 * What every channel does, by theme in the interfaces that this has. A channel's own test extends this and says how to make one.
 *
 * <p>Time is real here, since it is a channel's own affair how it waits; no test asserts how long something took.
 */
public abstract class ChannelContract
        implements TakeContract,
                PutContract,
                RoomContract,
                HandOverContract,
                AttachmentContract,
                RestartContract,
                ThreadsContract {
    private final ReleaseCheck releases = new ReleaseCheck();
    private @Nullable Channel channel;

    /** A channel that is not started yet. All of a test are in the same place, if channels of this kind have one. */
    protected abstract Channel create(int capacity, int transactionCapacity, Duration keepAlive);

    @AfterEach
    void closedChannelHasGivenEverythingBack() {
        if (channel != null) {
            channel.close();
            channel.close();
        }
        releases.assertAllReleased();
    }

    @Override
    public final Channel notStarted(int capacity, int transactionCapacity, Duration keepAlive) {
        return create(capacity, transactionCapacity, keepAlive);
    }

    @Override
    public final Channel started(int capacity, int transactionCapacity, Duration keepAlive) {
        Channel created = create(capacity, transactionCapacity, keepAlive);
        try {
            created.start();
        } catch (StartException e) {
            throw new AssertionError(e);
        }
        channel = created;
        return created;
    }

    @Override
    public final EventBatch numbered(int first, int events) {
        return releases.watch(Batches.numbered(first, events));
    }

    @Override
    public final EventBatch sized(int events, int bodyBytes) {
        return releases.watch(Batches.sized(events, bodyBytes));
    }
}
