package org.millrace.durable.format;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.millrace.codec.Origin;

/**
 * Which events of which senders a log has, by the senders' own numbers: so that what is sent once more can be told from what is new.
 * Bounded: the newest {@value #MOST_RANGES} ranges of the {@value #MOST_SENDERS} senders heard of last, for {@link #MOST_AGE}. What
 * is forgotten is stored again when it is sent again; what was never stored is never in here. Not thread-safe.
 */
public final class SeenEvents {
    public static final int MOST_SENDERS = 512;
    public static final int MOST_RANGES = 8;
    public static final Duration MOST_AGE = Duration.ofDays(7);

    /** The one heard of last is the last one. */
    private final LinkedHashMap<UUID, Sender> senders = new LinkedHashMap<>();

    /** What is known of one sender. */
    private static final class Sender {
        /** Start to end, never touching one another. */
        final TreeMap<Long, Long> ranges = new TreeMap<>();

        long heardMillis;
    }

    /** How many senders are known. */
    public int senders() {
        return senders.size();
    }

    /** These events are in the log. To add them again changes nothing else than when the sender was heard of. */
    public void add(Origin first, int events, long nowMillis) {
        Sender sender = senders.remove(first.sender());
        if (sender == null) {
            sender = new Sender();
        }
        senders.put(first.sender(), sender);
        sender.heardMillis = Math.max(sender.heardMillis, nowMillis);
        join(sender.ranges, first.sequence(), first.sequence() + events);
        if (sender.ranges.size() > MOST_RANGES) {
            sender.ranges.pollFirstEntry();
        }
        forgetTheOldest(nowMillis);
    }

    private static void join(NavigableMap<Long, Long> ranges, long from, long to) {
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = ranges.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        for (Map.Entry<Long, Long> next = ranges.ceilingEntry(from);
                next != null && next.getKey() <= end;
                next = ranges.ceilingEntry(from)) {
            end = Math.max(end, next.getValue());
            ranges.remove(next.getKey());
        }
        ranges.put(start, end);
    }

    private void forgetTheOldest(long nowMillis) {
        Iterator<Sender> oldest = senders.values().iterator();
        while (oldest.hasNext()) {
            boolean isOld = oldest.next().heardMillis < nowMillis - MOST_AGE.toMillis();
            if (!isOld && senders.size() <= MOST_SENDERS) {
                return;
            }
            oldest.remove();
        }
    }

    /** Forgets everything: as if nothing had been sent by anybody. */
    public void forgetAll() {
        senders.clear();
    }

    /** The end of what is known without a hole from this number on; the number itself if it is not known. */
    public long knownUntil(UUID sender, long sequence) {
        Sender known = senders.get(sender);
        Map.Entry<Long, Long> range = known == null ? null : known.ranges.floorEntry(sequence);
        return range == null ? sequence : Math.max(sequence, range.getValue());
    }

    /** The next known number above this one; {@link Long#MAX_VALUE} if there is none. */
    public long nextKnown(UUID sender, long sequence) {
        Sender known = senders.get(sender);
        Long next = known == null ? null : known.ranges.higherKey(sequence);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** Another one that knows the same. */
    public SeenEvents copy() {
        SeenEvents copy = new SeenEvents();
        senders.forEach((id, sender) -> {
            Sender copied = new Sender();
            copied.heardMillis = sender.heardMillis;
            copied.ranges.putAll(sender.ranges);
            copy.senders.put(id, copied);
        });
        return copy;
    }

    /** u32 senders, of each: u128 id, u64 milliseconds when heard of, u32 ranges of two u64. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(senders.size());
        for (Map.Entry<UUID, Sender> entry : senders.entrySet()) {
            Sender sender = entry.getValue();
            out.writeLong(entry.getKey().getMostSignificantBits());
            out.writeLong(entry.getKey().getLeastSignificantBits());
            out.writeLong(sender.heardMillis);
            out.writeInt(sender.ranges.size());
            for (Map.Entry<Long, Long> range : sender.ranges.entrySet()) {
                out.writeLong(range.getKey());
                out.writeLong(range.getValue());
            }
        }
    }

    void read(DataInputStream in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            Sender sender = new Sender();
            senders.put(new UUID(in.readLong(), in.readLong()), sender);
            sender.heardMillis = in.readLong();
            for (int ranges = in.readInt(); ranges > 0; ranges--) {
                sender.ranges.put(in.readLong(), in.readLong());
            }
        }
    }
}
