package org.millrace.durable.log;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a log is kept.
 *
 * @param name of the channel, for messages and thread names
 * @param durability when a put counts as safe
 * @param forceInterval how often {@link Durability#INTERVAL} forces
 * @param segmentBytes size of a segment file, whole blocks
 * @param leastGroupBytes a group is closed at this size, or at half of what is in flight if that is more
 * @param mostGroupBytes but never above this one, unless a single record is longer
 * @param reserveBytes left free on each disk: the log does not grow into it
 * @param retention how long a segment that all readers are done with is kept; less long where the disk leaves no room for puts
 * @param positionsInterval without puts to ride with, positions are written this often while they change
 * @param cipher null: not encrypted
 */
public record LogSettings(
        String name,
        Durability durability,
        Duration forceInterval,
        long segmentBytes,
        int leastGroupBytes,
        int mostGroupBytes,
        long reserveBytes,
        Duration retention,
        Duration positionsInterval,
        @Nullable SegmentCiphers cipher) {}
