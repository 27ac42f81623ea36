package org.millrace.durable.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a restart must know besides the events: how far each reader is and what its owners attached. It stands whole at the head of
 * each segment (SNAPSHOT) and changes with each POSITIONS record behind it. Not thread-safe.
 *
 * <p>Encoded in big-endian, as {@link DataOutputStream} writes: u32 readers, of each: its name, watermark u64, u32 ranges of two u64,
 * u32 owners of a name and a state; then u64 events lost, u64 bytes set aside; then, if there are any, what is known of
 * senders: {@link SeenEvents}. Names are in modified UTF-8, states behind a u32 length.
 */
public final class LogState {
    private final Map<String, Reader> readers = new TreeMap<>();
    private final SeenEvents seen;
    private long lostEvents;
    private long setAsideBytes;

    public LogState() {
        this(new SeenEvents());
    }

    private LogState(SeenEvents seen) {
        this.seen = seen;
    }

    /** How far one reader is. */
    private static final class Reader {
        /** Everything before it is committed. */
        long watermark;
        /** Committed above the watermark: start to end, never touching one another. */
        final TreeMap<Long, Long> above = new TreeMap<>();

        /** Their content never changes. */
        final Map<String, byte[]> states = new TreeMap<>();
    }

    public LogState copy() {
        return copy(seen.copy());
    }

    /** Another one whose positions change by themselves; what the log has of senders it shares with this one. */
    public LogState copyOfPositions() {
        return copy(seen);
    }

    private LogState copy(SeenEvents seenThere) {
        LogState copy = new LogState(seenThere);
        readers.forEach((name, reader) -> {
            Reader same = new Reader();
            same.watermark = reader.watermark;
            same.above.putAll(reader.above);
            same.states.putAll(reader.states);
            copy.readers.put(name, same);
        });
        copy.lostEvents = lostEvents;
        copy.setAsideBytes = setAsideBytes;
        return copy;
    }

    /** What the log has of senders that number their events; not a copy. */
    public SeenEvents seen() {
        return seen;
    }

    /** Names of all readers that have a position. */
    public Set<String> readers() {
        return Set.copyOf(readers.keySet());
    }

    /** Gives a reader its first position; does nothing if it has one. */
    public void addReader(String name, long watermark) {
        readers.computeIfAbsent(name, added -> new Reader()).watermark = Math.max(watermark, reader(name).watermark);
    }

    /** Forgets a reader that nobody uses any more. */
    public void removeReader(String name) {
        readers.remove(name);
    }

    /** The reader has committed everything before this. */
    public long watermark(String name) {
        return reader(name).watermark;
    }

    /** What the reader has committed above its watermark, in order, with holes between. */
    public List<EventRange> committedAbove(String name) {
        List<EventRange> ranges = new ArrayList<>();
        reader(name).above.forEach((from, to) -> ranges.add(new EventRange(from, to)));
        return ranges;
    }

    /** The state that an owner attached last; null if none. A copy. */
    public byte @Nullable [] attached(String name, String owner) {
        byte[] state = reader(name).states.get(owner);
        return state == null ? null : state.clone();
    }

    /** Who has attached something. */
    public Set<String> owners(String name) {
        return Set.copyOf(reader(name).states.keySet());
    }

    /** Events before this have been committed by all readers; {@link Long#MAX_VALUE} without any reader. */
    public long lowestWatermark() {
        return readers.values().stream()
                .mapToLong(reader -> reader.watermark)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Events that damage has cost so far. */
    public long lostEvents() {
        return lostEvents;
    }

    /** Bytes that were damaged and set aside so far. */
    public long setAsideBytes() {
        return setAsideBytes;
    }

    public void addLoss(long events, long bytes) {
        lostEvents += events;
        setAsideBytes += bytes;
    }

    /**
     * Applies a commit. To apply it again changes nothing. An update of a reader that is not known is dropped; an owner that attaches
     * nothing, no byte, is forgotten.
     */
    public void apply(PositionUpdate update) {
        Reader reader = readers.get(update.reader());
        if (reader == null) {
            return;
        }
        for (EventRange range : update.committed()) {
            commit(reader, range.from(), range.to());
        }
        update.states().forEach((owner, state) -> {
            if (state.length == 0) {
                reader.states.remove(owner);
            } else {
                reader.states.put(owner, state.clone());
            }
        });
    }

    private static void commit(Reader reader, long from, long to) {
        long start = Math.max(from, reader.watermark);
        long end = to;
        if (start >= end) {
            return;
        }
        Map.Entry<Long, Long> before = reader.above.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        for (Map.Entry<Long, Long> next = reader.above.ceilingEntry(start);
                next != null && next.getKey() <= end;
                next = reader.above.ceilingEntry(start)) {
            end = Math.max(end, next.getValue());
            reader.above.remove(next.getKey());
        }
        if (start == reader.watermark) {
            reader.watermark = end;
        } else {
            reader.above.put(start, end);
        }
    }

    private Reader reader(String name) {
        Reader reader = readers.get(name);
        if (reader == null) {
            throw new IllegalArgumentException("no reader " + name);
        }
        return reader;
    }

    /** The body of a SNAPSHOT. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(readers.size());
            for (Map.Entry<String, Reader> entry : readers.entrySet()) {
                Reader reader = entry.getValue();
                out.writeUTF(entry.getKey());
                out.writeLong(reader.watermark);
                out.writeInt(reader.above.size());
                for (Map.Entry<Long, Long> range : reader.above.entrySet()) {
                    out.writeLong(range.getKey());
                    out.writeLong(range.getValue());
                }
                PositionUpdates.writeStates(out, reader.states);
            }
            out.writeLong(lostEvents);
            out.writeLong(setAsideBytes);
            if (seen.senders() > 0) {
                seen.write(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never: it goes to memory
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} gave */
    public static LogState decode(byte[] body) {
        LogState state = new LogState();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            for (int readers = in.readInt(); readers > 0; readers--) {
                Reader reader = new Reader();
                state.readers.put(in.readUTF(), reader);
                reader.watermark = in.readLong();
                for (int ranges = in.readInt(); ranges > 0; ranges--) {
                    reader.above.put(in.readLong(), in.readLong());
                }
                reader.states.putAll(PositionUpdates.readStates(in));
            }
            state.lostEvents = in.readLong();
            state.setAsideBytes = in.readLong();
            if (in.available() > 0) {
                state.seen.read(in);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a snapshot of a log: " + e.getMessage(), e);
        }
        return state;
    }
}
