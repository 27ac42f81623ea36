package org.millrace.durable.tool;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.LogView.Kind;
import picocli.CommandLine.Command;

/** Sums up. */
@Command(
        name = "stats",
        description = "Sum up: events, bytes, rate, group sizes, backlogs. Reads headers only.",
        sortOptions = false)
final class StatsCommand extends LookingTask {
    private final Surroundings around;

    StatsCommand(Surroundings around) {
        super(around);
        this.around = around;
    }

    @Override
    int tell(ChannelFiles files, boolean asJson) throws IOException {
        GroupFigures groups = GroupFigures.of(files, around);
        if (asJson) {
            around.out().println(Json.pretty(json(files, groups)));
        } else {
            print(files, groups, around.out());
        }
        return Exit.DONE;
    }

    private static int neededSegments(ChannelFiles files) {
        return files.segments().isEmpty() ? 0 : files.segments().size() - files.firstNeeded();
    }

    private static long slotBytes(ChannelFiles files) {
        return files.view().slots().stream().mapToLong(FoundSlot::fileBytes).sum();
    }

    private static long freeSlots(ChannelFiles files) {
        return files.view().slots().stream()
                .filter(slot -> slot.kind() == Kind.FREE)
                .count();
    }

    private static void print(ChannelFiles files, GroupFigures groups, PrintWriter out) {
        line(
                out,
                "slots",
                Units.count(files.view().slots().size()) + ", " + Units.bytes(slotBytes(files)) + ": "
                        + neededSegments(files) + " in use, "
                        + (files.segments().size() - neededSegments(files)) + " done, "
                        + freeSlots(files) + " free");
        line(
                out,
                "events",
                Units.count(groups.events()) + " on disk, " + Units.bytes(groups.usedBytes()) + "; the next one is "
                        + files.endSequence());
        if (groups.groups() > 0) {
            line(
                    out,
                    "written",
                    Instant.ofEpochMilli(groups.firstMillis()) + " to " + Instant.ofEpochMilli(groups.lastMillis()));
            line(out, "rate", rate(groups));
            line(
                    out,
                    "groups",
                    Units.count(groups.groups()) + ": " + Units.bytes(groups.usedBytes() / groups.groups())
                            + " on average, half of them up to " + Units.bytes(groups.medianBytes()) + ", the largest "
                            + Units.bytes(groups.largestBytes()));
            line(
                    out,
                    "per group",
                    String.format(
                            Locale.ROOT,
                            "%.1f records, %.1f events",
                            (double) groups.records() / groups.groups(),
                            (double) groups.events() / groups.groups()));
            line(out, "padding", Units.percent(1 - (double) groups.usedBytes() / groups.paddedBytes()));
        }
        LogState state = files.state();
        if (state == null) {
            line(out, "readers", LsCommand.noState(files));
            return;
        }
        for (String reader : state.readers().stream().sorted().toList()) {
            line(
                    out,
                    "reader",
                    reader + ": "
                            + Units.count(ChannelFiles.backlog(state, reader, files.endSequence()), "event")
                            + " to take, at "
                            + state.watermark(reader));
        }
        line(
                out,
                "set aside",
                Units.bytes(state.setAsideBytes()) + ", " + Units.count(state.lostEvents(), "event") + " lost");
    }

    private static void line(PrintWriter out, String what, String value) {
        out.println(String.format(Locale.ROOT, "%-10s  %s", what, value));
    }

    private static String rate(GroupFigures groups) {
        Duration span = Duration.ofMillis(groups.lastMillis() - groups.firstMillis());
        return span.isZero()
                ? "all in one moment"
                : Units.count(Math.round(groups.eventsPerSecond())) + " events/s over " + Units.age(span);
    }

    private static Map<String, Object> json(ChannelFiles files, GroupFigures groups) {
        Map<String, Object> json = Seen.json(files.view());
        json.put("slots", files.view().slots().size());
        json.put("slotBytes", slotBytes(files));
        json.put("segmentsInUse", neededSegments(files));
        json.put("segmentsDone", files.segments().size() - neededSegments(files));
        json.put("slotsFree", freeSlots(files));
        json.put("events", groups.events());
        json.put("nextSequence", files.endSequence());
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("count", groups.groups());
        group.put("records", groups.records());
        group.put("usedBytes", groups.usedBytes());
        group.put("paddedBytes", groups.paddedBytes());
        group.put("largestBytes", groups.largestBytes());
        group.put("bytesUpTo", groups.histogram());
        json.put("groups", group);
        if (groups.groups() > 0) {
            json.put("firstWritten", Instant.ofEpochMilli(groups.firstMillis()));
            json.put("lastWritten", Instant.ofEpochMilli(groups.lastMillis()));
            json.put("eventsPerSecond", Math.round(groups.eventsPerSecond()));
        }
        json.put("readers", LsCommand.readers(files));
        LogState state = files.state();
        if (state != null) {
            json.put("setAsideBytes", state.setAsideBytes());
            json.put("lostEvents", state.lostEvents());
        }
        return json;
    }
}
