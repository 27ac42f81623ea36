package org.millrace.durable.tool;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.log.LogView;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentWalk;

/**
 * Goes on with an {@link EventWalk} while an agent writes: looks again and again whether the newest segment has grown, or another one
 * has been begun. One thread.
 */
final class Follower {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final ChannelArguments.Channel channel;
    private final EventWalk walk;
    private final Surroundings.Pause pause;
    private final BooleanSupplier flush;

    /** Both or none: the segment that was the newest at the last look, and how far it has been read. */
    private @Nullable FoundSlot current;

    private SegmentWalk.@Nullable Walked walked;

    /** @param flush shows what there is; false if nobody wants more */
    Follower(ChannelArguments.Channel channel, EventWalk walk, Surroundings.Pause pause, BooleanSupplier flush) {
        this.channel = channel;
        this.walk = walk;
        this.pause = pause;
        this.flush = flush;
    }

    /** Until nobody wants more, or the thread is interrupted. */
    void run() throws IOException, InterruptedException {
        boolean goesOn = true;
        while (goesOn && !walk.isDone()) {
            pause.take(BETWEEN_LOOKS);
            step();
            goesOn = flush.getAsBoolean();
        }
    }

    private void step() throws IOException {
        List<FoundSlot> segments =
                LogView.of(channel.directories(), channel.ciphers()).segments();
        for (int i = 0; i < segments.size(); i++) {
            FoundSlot segment = segments.get(i);
            boolean isNewest = i == segments.size() - 1;
            ChannelFiles.End end = isNewest
                    ? new ChannelFiles.End(SegmentWalk.NEWEST, false)
                    : ChannelFiles.End.before(segment, segments.get(i + 1));
            if (end.sequence() > walk.sequence()) {
                read(segment, end, isNewest);
            }
        }
    }

    private void read(FoundSlot segment, ChannelFiles.End end, boolean isNewest) throws IOException {
        boolean isCurrent =
                current != null && current.segment().salt() == segment.segment().salt();
        walked = walk.walk(segment, end, channel.ciphers(), isCurrent ? walked : null, isNewest);
        current = segment;
    }
}
