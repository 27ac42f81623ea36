package org.millrace.relay.source.taildir;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.relay.source.file.FileHead;
import org.millrace.relay.source.taildir.FileId.Stat;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file, by its device and inode: what it is called now, how far its lines are in the channels, how it begins. It is open while there
 * is something to read, and on until it is idle: so that a rename or a deletion does not take away what was not read. One thread.
 */
final class TailedFile implements Closeable {
    /** A batch of long lines ends early, so that it stays well under what one buffer can hold. */
    private static final int MAX_BATCH_BYTES = 16 << 20;

    private static final String OFFSET_HEADER = "byteoffset";
    private static final Logger log = LoggerFactory.getLogger(TailedFile.class);

    private final FileId id;
    private final Map<String, String> groupHeaders;
    private final Headers wanted;
    private final EventBatchBuilder batch = new EventBatchBuilder();

    /** Opened at another path than this one, where it was renamed to a name that is not tailed. */
    private final TailedContent content;

    private Path path;
    private byte[] encodedHeaders;
    private @Nullable String head;
    private long committed;
    private long read;
    private long size;
    private long modifiedMillis;
    private long sameUntilMillis;
    private boolean hasChanged = true;
    /** It was to be compared, and could not be: it is read on only once it was. */
    private boolean isInDoubt;

    /** Since when it is known to be truncated, and its copy cannot be read; -1 if there is no such doubt. */
    private long heldSinceMillis = -1;

    /** Where so many events of the batch that was read last end. */
    private long[] endsOfEvents = new long[128];

    private boolean hasMore;
    private boolean isFailing;
    private long missingSinceMillis = -1;
    private @Nullable TailedFile copiedFrom;

    TailedFile(FileId id, Path path, Map<String, String> groupHeaders, Headers wanted) {
        this.id = id;
        this.path = path;
        this.content = new TailedContent(id, path);
        this.groupHeaders = groupHeaders;
        this.wanted = wanted;
        this.encodedHeaders = encodeHeaders();
    }

    FileId id() {
        return id;
    }

    Map<String, String> groupHeaders() {
        return groupHeaders;
    }

    /** What it is called, or was called when its name was last one that is tailed. */
    Path path() {
        return path;
    }

    /** How far its lines are in the channels, in bytes. */
    long position() {
        return committed;
    }

    /** Goes on reading at this byte. */
    void moveTo(long position) {
        committed = position;
        read = position;
    }

    /** How it begins, as far as that was looked at; null if it never was. */
    @Nullable
    String head() {
        return head;
    }

    void beginsWith(@Nullable String knownHead) {
        head = knownHead;
    }

    long modifiedMillis() {
        return modifiedMillis;
    }

    long size() {
        return size;
    }

    boolean isOpen() {
        return content.isOpen();
    }

    boolean hasUnread() {
        return size != committed;
    }

    /** The file that this one is a copy of, as long as it is not settled from where to read it; null if it is read. */
    @Nullable
    TailedFile copiedFrom() {
        return copiedFrom;
    }

    void waitFor(@Nullable TailedFile original) {
        copiedFrom = original;
    }

    /** The clock when it was first found under none of the names that are tailed, or -1. */
    long missingSinceMillis() {
        return missingSinceMillis;
    }

    void missing(long nowMillis) {
        missingSinceMillis = nowMillis;
    }

    /** It is at this path, with this size. */
    void found(Path at, Stat stat) {
        missingSinceMillis = -1;
        content.isAt(at);
        if (!at.equals(path)) {
            log.info("{} was renamed to {}, and goes on at byte {}", path, at, committed);
            path = at;
            encodedHeaders = encodeHeaders();
        }
        look(stat);
    }

    /** It is at this path, which is none of those that are tailed. */
    void strayed(Path at, Stat stat) {
        content.isAt(at);
        look(stat);
    }

    /** True if a file of its inode with these figures is this one, as it was when it was looked at last. */
    boolean isUnchangedIn(Stat stat) {
        return stat.size() == size && stat.modifiedMillis() == modifiedMillis;
    }

    /** Asks the file itself, wherever it went; opens it, so that it cannot get lost any more. */
    void lookInside() throws IOException {
        long now = content.size();
        hasChanged |= now != size;
        size = now;
    }

    /**
     * Looks at it in the middle of a round. One that is missing is asked itself, and counts from now on if it has changed.
     *
     * @return false if its name no longer leads to it, which the next round will follow
     */
    boolean lookAgain(long nowMillis) throws IOException {
        if (missingSinceMillis < 0) {
            Stat stat = content.stat();
            if (stat != null) {
                look(stat);
            }
            return stat != null;
        }
        long before = size;
        lookInside();
        if (size != before) {
            missing(nowMillis);
        }
        return true;
    }

    /**
     * Opens it, if it is not open, and compares: false if it no longer is what was read up to {@link #position}, so that it has to be read
     * from its start.
     */
    boolean isTheSame() throws IOException {
        if (!hasChanged || (committed == 0 && head == null)) {
            return true;
        }
        isInDoubt = true;
        size = content.size();
        FileChannel open = content.open();
        boolean isSame = size >= committed && (head == null || FileHead.matches(head, open));
        if (isSame) {
            hasChanged = false;
            isInDoubt = false;
            heldSinceMillis = -1;
            sameUntilMillis = modifiedMillis;
            lookAtHead();
        }
        return isSame;
    }

    /** When it was changed last, as of the last time that it was still the same. */
    long sameUntilMillis() {
        return sameUntilMillis;
    }

    /** It was truncated, and perhaps written again: everything in it is new. */
    void restart() {
        moveTo(0);
        head = null;
        hasChanged = false;
        isInDoubt = false;
        heldSinceMillis = -1;
    }

    /** It waits for its copy: if it began anew, nobody would know from where to read that. */
    void hold(long nowMillis) {
        heldSinceMillis = nowMillis;
    }

    /** The clock when it began to wait for its copy, or -1. */
    long heldSinceMillis() {
        return heldSinceMillis;
    }

    /** Looks at how it begins, while that is still growing. To be called before {@link #head} is written down. */
    void lookAtHead() throws IOException {
        FileChannel open = content.ifOpen();
        if (open != null && (head == null || FileHead.grows(head))) {
            String now = FileHead.of(open);
            if (head == null || FileHead.matches(head, open)) {
                head = now;
            }
        }
    }

    /**
     * The next lines, or null if there are none; they are delivered by {@link #commit}.
     *
     * @param tailEnd where a last line without a newline counts, as in {@link TailLines#next}
     */
    @Nullable
    EventBatch read(TailLines lines, int maxEvents, TailLines.TailEnd tailEnd) throws IOException {
        if (isInDoubt && !isTheSame()) {
            throw new IOException("it is no longer what was read, which the next round will follow");
        }
        lines.moveTo(content.open(), read);
        if (head == null) {
            lookAtHead();
        }
        try {
            long lineOffset = lines.offset();
            while (batch.events() < maxEvents && batch.encodedBytes() < MAX_BATCH_BYTES && lines.next(tailEnd)) {
                add(lines, lineOffset);
                lineOffset = lines.offset();
                noteEnd(batch.events(), lineOffset);
            }
        } catch (IOException e) {
            if (batch.events() == 0) {
                content.reopenAfter(e);
                throw e;
            }
            log.debug("{} cannot be read on, which the next turn will tell", path, e);
        }
        read = lines.offset();
        hasMore = batch.events() >= maxEvents || batch.encodedBytes() >= MAX_BATCH_BYTES;
        return batch.events() == 0 ? null : batch.build();
    }

    /** Notes whether it could be read; true if it was so before. */
    boolean fails(boolean now) {
        boolean before = isFailing;
        isFailing = now;
        return before;
    }

    /** True if the last batch ended because it was full. */
    boolean hasMore() {
        return hasMore;
    }

    /** What was read is in the channels. */
    void commit() {
        committed = read;
    }

    /** The first events of the batch that was read last are in the channels, or left out. */
    void commitFirst(int events) {
        committed = endsOfEvents[events];
    }

    /** What was read, and not committed, is not in the channels. */
    void rollback() {
        read = committed;
    }

    /** Gives its handle back; it can be opened again. */
    @Override
    public void close() {
        batch.close();
        content.close();
    }

    private void look(Stat stat) {
        hasChanged |= stat.size() != size || stat.modifiedMillis() != modifiedMillis;
        size = stat.size();
        modifiedMillis = stat.modifiedMillis();
    }

    private void add(TailLines lines, long offset) {
        if (wanted.hasOffset()) {
            batch.add(headers(Long.toString(offset)), lines.array(), lines.lineStart(), lines.lineBytes());
        } else {
            batch.add(encodedHeaders, lines.array(), lines.lineStart(), lines.lineBytes());
        }
    }

    private void noteEnd(int events, long offset) {
        if (events >= endsOfEvents.length) {
            endsOfEvents = Arrays.copyOf(endsOfEvents, 2 * events);
        }
        endsOfEvents[events] = offset;
    }

    private byte[] encodeHeaders() {
        return EventBatchBuilder.encodeHeaders(headers(null));
    }

    /** In Flume's order: what comes later wins. */
    private Map<String, String> headers(@Nullable String offset) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (offset != null) {
            headers.put(OFFSET_HEADER, offset);
        }
        headers.putAll(groupHeaders);
        if (wanted.pathKey() != null) {
            headers.put(wanted.pathKey(), path.toString());
        }
        return headers;
    }
}
