package org.millrace.durable.tool;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.LogView.Kind;
import org.millrace.durable.log.SegmentWalk;
import picocli.CommandLine.Command;

/** Lists segments and readers. */
@Command(name = "ls", description = "List segments, and how far each reader is.", sortOptions = false)
final class LsCommand extends LookingTask {
    private final Surroundings around;

    LsCommand(Surroundings around) {
        super(around);
        this.around = around;
    }

    @Override
    int tell(ChannelFiles files, boolean asJson) {
        if (asJson) {
            around.out().println(Json.pretty(json(files)));
        } else {
            printSegments(files);
            around.out().println();
            printReaders(files);
        }
        return Exit.DONE;
    }

    private void printSegments(ChannelFiles files) {
        boolean several = files.view().directories().size() > 1;
        Table table = new Table(" segment", "state", " events", "sequences", " size", " begun", "file", "");
        for (int i = 0; i < files.segments().size(); i++) {
            FoundSlot slot = files.segments().get(i);
            long end = end(files, i);
            boolean isKnown = end != SegmentWalk.NEWEST;
            long first = slot.segment().firstSequence();
            table.add(
                    slot.segment().number(),
                    state(files, i),
                    isKnown ? Units.count(end - first) : "?",
                    isKnown && end == first ? "-" : first + ".." + (isKnown ? end - 1 : "?"),
                    Units.bytes(i == files.segments().size() - 1 ? files.newestUsedBytes() : slot.fileBytes()),
                    age(slot.segment().epochMillis()),
                    name(slot, several),
                    note(slot));
        }
        for (FoundSlot slot : files.view().slots()) {
            if (slot.kind() != Kind.SEGMENT) {
                String kind = slot.kind().name().toLowerCase(Locale.ROOT);
                table.add("-", kind, "-", "-", Units.bytes(slot.fileBytes()), "-", name(slot, several), note(slot));
            }
        }
        table.print(around.out());
    }

    private static String name(FoundSlot slot, boolean withDirectory) {
        return withDirectory ? EventWalk.place(slot) : slot.slot();
    }

    private static String note(FoundSlot slot) {
        boolean isEncrypted = slot.header() != null && !slot.segment().keyName().isEmpty();
        return slot.note() + (isEncrypted ? "encrypted with " + slot.segment().keyName() : "");
    }

    private String age(long epochMillis) {
        return Units.age(Duration.between(
                        Instant.ofEpochMilli(epochMillis), around.clock().instant())) + " ago";
    }

    /** Behind the last event; {@link SegmentWalk#NEWEST} if nothing tells, and the segment cannot be read or is gone. */
    private static long end(ChannelFiles files, int index) {
        try {
            return files.endSequenceOf(index);
        } catch (IOException e) {
            return SegmentWalk.NEWEST;
        }
    }

    private static String state(ChannelFiles files, int index) {
        if (index == files.segments().size() - 1) {
            return "newest";
        }
        return index >= files.firstNeeded() ? "in use" : "done";
    }

    private void printReaders(ChannelFiles files) {
        LogState state = files.state();
        if (state == null) {
            around.out().println(noState(files));
            return;
        }
        Table table = new Table("reader", " position", " backlog", " taken ahead");
        for (String reader : state.readers().stream().sorted().toList()) {
            long ahead = state.committedAbove(reader).stream()
                    .mapToLong(range -> range.events())
                    .sum();
            table.add(
                    reader,
                    state.watermark(reader),
                    Units.count(ChannelFiles.backlog(state, reader, files.endSequence()), "event"),
                    Units.count(ahead));
        }
        table.print(around.out());
        if (state.lostEvents() > 0 || state.setAsideBytes() > 0) {
            around.out()
                    .println("lost to damage so far: " + Units.count(state.lostEvents(), "event") + "; "
                            + Units.bytes(state.setAsideBytes()) + " set aside");
        }
    }

    static String noState(ChannelFiles files) {
        return files.segments().isEmpty()
                ? "no segment is in use: nothing was ever put, or all of it is gone"
                : "how far the readers are cannot be read"
                        + (ChannelFiles.isLocked(
                                        files.segments().get(files.segments().size() - 1), files.ciphers())
                                ? " without the key (see --key-store, --conf-file)"
                                : "");
    }

    private Map<String, Object> json(ChannelFiles files) {
        Map<String, Object> json = Seen.json(files.view());
        json.put("nextSequence", files.endSequence());
        List<Object> segments = new ArrayList<>();
        for (int i = 0; i < files.segments().size(); i++) {
            FoundSlot slot = files.segments().get(i);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("number", slot.segment().number());
            fields.put("state", state(files, i));
            fields.put("firstSequence", slot.segment().firstSequence());
            long end = end(files, i);
            if (end != SegmentWalk.NEWEST) {
                fields.put("endSequence", end);
                fields.put("events", end - slot.segment().firstSequence());
            }
            if (i == files.segments().size() - 1) {
                fields.put("usedBytes", files.newestUsedBytes());
            }
            fields.put("begun", Instant.ofEpochMilli(slot.segment().epochMillis()));
            segments.add(withFile(fields, slot));
        }
        json.put("segments", segments);
        json.put(
                "otherSlots",
                files.view().slots().stream()
                        .filter(slot -> slot.kind() != Kind.SEGMENT)
                        .map(slot -> withFile(
                                new LinkedHashMap<>(
                                        Map.of("state", slot.kind().name().toLowerCase(Locale.ROOT))),
                                slot))
                        .toList());
        json.put("readers", readers(files));
        return json;
    }

    private static Map<String, Object> withFile(Map<String, Object> fields, FoundSlot slot) {
        fields.put("file", EventWalk.place(slot));
        fields.put("bytes", slot.fileBytes());
        if (!note(slot).isEmpty()) {
            fields.put("note", note(slot));
        }
        return fields;
    }

    /** How far each one is, for JSON; empty if that cannot be read. */
    static List<Object> readers(ChannelFiles files) {
        List<Object> readers = new ArrayList<>();
        LogState state = files.state();
        if (state != null) {
            for (String reader : state.readers().stream().sorted().toList()) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("name", reader);
                fields.put("position", state.watermark(reader));
                fields.put("backlog", ChannelFiles.backlog(state, reader, files.endSequence()));
                fields.put(
                        "takenAhead",
                        state.committedAbove(reader).stream()
                                .map(range -> List.of(range.from(), range.to()))
                                .toList());
                readers.add(fields);
            }
        }
        return readers;
    }
}
