package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.LogRepair;
import org.millrace.durable.log.LogView;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentWalk;

/** Everything that was found by reading everything. */
final class Verification {
    /** What kind of thing was found. */
    enum Kind {
        LOST("lost", "lost", "events that were safe are gone", true),
        CORRUPT("corrupt", "corrupt", "bytes that were safe are not what was written", true),
        UNREADABLE("unread", "unreadable", "the disk does not give it, or a key or a directory is missing", true),
        TORN("torn", "torn", "cut off by a crash or still on its way; nobody was told that it is safe", false),
        FOREIGN("foreign", "foreign", "not of this channel; an agent sets it aside when it starts", false),
        RECYCLED(
                "reused",
                "recycled",
                "an agent used the slot again, or deleted it, while it was read, for all its events were taken",
                false),
        SET_ASIDE("aside", "setAside", "damage that is known, counted and set aside already", false);

        private final String word;
        private final String key;
        private final String meaning;
        private final boolean isDamage;

        Kind(String word, String key, String meaning, boolean isDamage) {
            this.word = word;
            this.key = key;
            this.meaning = meaning;
            this.isDamage = isDamage;
        }

        String word() {
            return word;
        }

        /** In JSON. */
        String key() {
            return key;
        }

        String meaning() {
            return meaning;
        }

        /** True if a channel with it is not sound. */
        boolean isDamage() {
            return isDamage;
        }
    }

    /**
     * A thing that was found.
     *
     * @param from offset in the file
     * @param to offset behind it
     * @param isNeeded whether some reader has not taken those events
     */
    record Finding(
            Kind kind,
            String file,
            long from,
            long to,
            long fromSequence,
            long toSequence,
            boolean isNeeded,
            String why) {
        long lostEvents() {
            return kind == Kind.TORN ? 0 : toSequence - fromSequence;
        }

        String line() {
            String place = to == 0 ? file : file + ", byte " + from + (to > from ? " to " + (to - 1) : "");
            String cost = lostEvents() == 0
                    ? ""
                    : "; " + Units.count(lostEvents(), "event") + ", " + fromSequence + " to " + (toSequence - 1)
                            + (isNeeded ? "" : ", which all readers have taken");
            return String.format("%-8s  ", kind.word()) + place + ": " + why + cost;
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("kind", kind.key());
            json.put("file", file);
            json.put("fromOffset", from);
            json.put("toOffset", to);
            if (lostEvents() > 0) {
                json.put("fromSequence", fromSequence);
                json.put("toSequence", toSequence);
                json.put("needed", isNeeded);
            }
            json.put("why", why);
            return json;
        }
    }

    /** A segment whose slot was gone, or used again, before all of it was read. */
    private record Gone(FoundSlot slot, long toSequence) {}

    private final ChannelFiles files;
    private final Progress progress;
    private final List<Gone> gone = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<LogRepair.Taken> taken = new ArrayList<>();
    private int segments;
    /** Whether events are missing before a segment, so that a slot may have had them in which nothing can be read. */
    private boolean isSegmentMissing;
    /** Behind the last event of the newest segment that can be read. */
    private long endSequence;
    /** Behind the last group of the segment that was read last. */
    private long endOffset;

    private long events;
    private long bytes;

    private Verification(ChannelFiles files, Progress progress) {
        this.files = files;
        this.progress = progress;
    }

    static Verification of(ChannelFiles files, Surroundings around) throws IOException {
        long total = files.segments().stream().mapToLong(FoundSlot::fileBytes).sum();
        Progress progress = new Progress("verified", total, around.err(), around.isTerminal(), around.clock());
        Verification verification = new Verification(files, progress);
        try {
            verification.run();
        } finally {
            progress.end();
        }
        return verification;
    }

    private void run() throws IOException {
        SegmentWalk.Memory memory = new SegmentWalk.Memory();
        long passed = 0;
        long end = -1;
        for (int i = 0; i < files.segments().size(); i++) {
            FoundSlot slot = files.segments().get(i);
            checkNothingIsMissing(i, end);
            end = new Reading(slot, passed).walk(files.endOf(i), memory);
            endSequence = end;
            passed += slot.fileBytes();
        }
        checkGone();
        for (FoundSlot slot : files.view().slots()) {
            checkSlot(slot);
        }
        if (Seen.isPart(files.view())) {
            String all = String.join(
                    ", ",
                    files.view().directories().stream()
                            .map(directory -> directory.storage().path().toString())
                            .toList());
            findings.add(new Finding(Kind.UNREADABLE, all, 0, 0, 0, 0, true, "directories of the channel are missing"));
        }
    }

    /** Segments that nobody needs are used again in any order; of those that are needed none may be missing. */
    private void checkNothingIsMissing(int index, long endBefore) {
        FoundSlot slot = files.segments().get(index);
        boolean isNext = index == 0
                || slot.segment().number()
                        == files.segments().get(index - 1).segment().number() + 1;
        long first = slot.segment().firstSequence();
        long needed = files.state() == null ? first : files.lowestWatermark();
        long from = Math.max(index == 0 ? needed : endBefore, needed);
        if ((index == 0 || !isNext) && from < first) {
            boolean isNoted = index == 0
                    ? LogView.isGapNoted(slot, 0)
                    : LogView.isGapNoted(files.segments().get(index - 1), endOffset);
            Kind kind = isNoted ? Kind.SET_ASIDE : Seen.isPart(files.view()) ? Kind.UNREADABLE : Kind.LOST;
            isSegmentMissing = true;
            String why = "segments before this one are missing";
            findings.add(new Finding(kind, EventWalk.place(slot), 0, 0, from, first, true, why));
        }
    }

    /** An agent gives a slot up once all readers have taken what is in it. One that is gone before that is lost. */
    private void checkGone() {
        if (gone.isEmpty()) {
            return;
        }
        try {
            ChannelFiles now = files.lookAgain();
            boolean isKnown = now.state() != null || files.state() != null;
            long taken = Math.max(files.lowestWatermark(), now.lowestWatermark());
            gone.forEach(one -> findings.add(gone(one, isKnown ? taken : Long.MAX_VALUE)));
        } catch (IOException e) {
            gone.forEach(one -> findings.add(goneUnseen(one, e)));
        }
    }

    private Finding goneUnseen(Gone one, IOException failure) {
        if (one.toSequence() <= files.lowestWatermark()) {
            return gone(one, files.lowestWatermark());
        }
        String why =
                "is gone or was used again, and whether its events were taken cannot be told: " + failure.getMessage();
        return new Finding(Kind.UNREADABLE, EventWalk.place(one.slot()), 0, 0, 0, 0, true, why);
    }

    /** @param taken all events before it are */
    private static Finding gone(Gone one, long taken) {
        long from = Math.max(one.slot().segment().firstSequence(), taken);
        String file = EventWalk.place(one.slot());
        return from >= one.toSequence()
                ? new Finding(Kind.RECYCLED, file, 0, 0, 0, 0, false, "used again or deleted while it was read")
                : new Finding(
                        Kind.LOST,
                        file,
                        0,
                        0,
                        from,
                        one.toSequence(),
                        true,
                        "is not there any more, and its events were not taken");
    }

    private void checkSlot(FoundSlot slot) {
        String file = EventWalk.place(slot);
        long size = slot.fileBytes();
        switch (slot.kind()) {
            case FOREIGN -> findings.add(new Finding(Kind.FOREIGN, file, 0, size, 0, 0, false, slot.note()));
            case DAMAGED -> findings.add(damaged(slot, file));
            case SEGMENT -> {
                if (!slot.note().isEmpty()) {
                    Kind kind = LogView.isFirstBlockNoted(slot) ? Kind.SET_ASIDE : Kind.CORRUPT;
                    boolean isNeeded = files.segments().indexOf(slot) >= files.firstNeeded();
                    findings.add(new Finding(kind, file, 0, 4096, 0, 0, isNeeded, slot.note()));
                }
            }
            case FREE -> {
                if (!slot.note().isEmpty()) {
                    findings.add(new Finding(Kind.TORN, file, 4096, size, 0, 0, false, slot.note()));
                }
            }
        }
    }

    /** A newer segment than all others is missed by none of them; an agent uses the slot again unless one is. */
    private Finding damaged(FoundSlot slot, String file) {
        long size = slot.fileBytes();
        boolean isNewest = slot.header() != null && slot.segment().number() > newestNumber();
        if (isNewest && slot.lostTo() > endSequence) {
            return new Finding(
                    Kind.CORRUPT,
                    file,
                    0,
                    size,
                    endSequence,
                    slot.lostTo(),
                    slot.lostTo() > files.lowestWatermark(),
                    slot.note());
        }
        boolean areSnapshotsMissing = files.state() == null && !files.segments().isEmpty();
        boolean isMissed = isSegmentMissing || areSnapshotsMissing || size != slotBytes();
        return new Finding(isMissed ? Kind.FOREIGN : Kind.TORN, file, 0, size, 0, 0, false, slot.note());
    }

    private long newestNumber() {
        int count = files.segments().size();
        return count == 0 ? 0 : files.segments().get(count - 1).segment().number();
    }

    /** Of the slots that are made here. */
    private long slotBytes() {
        return files.view().directories().stream()
                .mapToLong(LogView.Directory::segmentBytes)
                .max()
                .orElse(0);
    }

    /** True if nothing is lost or corrupt that a reader needs, as far as everything could be read. */
    boolean isSound() {
        return findings.stream().noneMatch(finding -> finding.kind().isDamage() && finding.isNeeded());
    }

    List<Finding> findings() {
        return findings;
    }

    /** Damage that costs nothing any more, and is not noted yet. */
    List<LogRepair.Taken> taken() {
        return taken;
    }

    List<Finding> of(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).toList();
    }

    int segments() {
        return segments;
    }

    long events() {
        return events;
    }

    /** Of records, with their headers. */
    long bytes() {
        return bytes;
    }

    /** Reads one segment. */
    private final class Reading implements SegmentWalk.Visitor {
        private final FoundSlot slot;
        private final long passed;
        private final boolean isLocked;

        Reading(FoundSlot slot, long passed) {
            this.slot = slot;
            this.passed = passed;
            this.isLocked = ChannelFiles.isLocked(slot, files.ciphers());
        }

        long walk(ChannelFiles.End end, SegmentWalk.Memory memory) {
            try {
                SegmentWalk.Walked walked =
                        end.walk(slot, files.ciphers(), this).run(memory);
                endOffset = walked.endOffset();
                if (walked.isRecycled()) {
                    long to = end.sequence() == SegmentWalk.NEWEST ? files.endSequence() : end.sequence();
                    gone.add(new Gone(slot, to));
                    return to;
                }
                segments++;
                if (isLocked) {
                    unreadable("encrypted with key " + slot.segment().keyName() + ", which was not given");
                }
                return walked.endSequence();
            } catch (IOException e) {
                unreadable(String.valueOf(e.getMessage()));
                return slot.segment().firstSequence();
            }
        }

        private void unreadable(String why) {
            findings.add(new Finding(
                    Kind.UNREADABLE, EventWalk.place(slot), 0, slot.fileBytes(), 0, 0, isNeeded(Long.MAX_VALUE), why));
        }

        private boolean isNeeded(long toSequence) {
            return toSequence > files.lowestWatermark();
        }

        @Override
        public SegmentWalk.Want group(long offset, GroupHeader group) {
            progress.at(passed + offset);
            return isLocked ? SegmentWalk.Want.NOTHING : SegmentWalk.Want.RECORDS;
        }

        @Override
        public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {
            events += record.events();
            bytes += record.recordBytes();
        }

        @Override
        public void bad(SegmentWalk.BadPlace place) {
            Kind kind = kindOf(place);
            boolean isNeeded = isNeeded(place.toSequence());
            if (kind.isDamage() && !isNeeded) {
                taken.add(new LogRepair.Taken(slot, place));
            }
            findings.add(new Finding(
                    kind,
                    EventWalk.place(slot),
                    place.from(),
                    place.to(),
                    place.fromSequence(),
                    place.toSequence(),
                    isNeeded,
                    place.why()));
        }

        private Kind kindOf(SegmentWalk.BadPlace place) {
            if (place.isTorn()) {
                return Kind.TORN;
            }
            if (LogView.isSetAside(slot, place)) {
                return Kind.SET_ASIDE;
            }
            return place.from() == place.to() ? Kind.LOST : Kind.CORRUPT;
        }
    }
}
