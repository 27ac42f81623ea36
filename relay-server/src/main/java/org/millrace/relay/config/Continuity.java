package org.millrace.relay.config;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Assembly.SourcePart;

/**
 * What of a running agent goes on under a new configuration: a part whose values are the same, and which has to do with the same parts as
 * before. A sink needs the same channels; those of a group go on together or not at all, as one thread runs them.
 */
final class Continuity {
    private final @Nullable Assembly running;

    /** @param running null: nothing runs, and all parts are new */
    Continuity(@Nullable Assembly running) {
        this.running = running;
    }

    /** The channel that runs, if nothing about it has changed; otherwise the fresh one. */
    ChannelPart of(ChannelPart fresh) {
        ChannelPart old = running == null ? null : named(running.channels(), ChannelPart::name, fresh.name());
        return old != null && old.values().equals(fresh.values()) ? old : fresh;
    }

    /** The same for a sink that is in no group. */
    SinkPart ofSingle(SinkPart fresh) {
        SinkPart old = unchanged(fresh);
        return old == null || isGrouped(old) ? fresh : old;
    }

    /** The same for a group and all of its sinks. */
    GroupPart of(GroupPart fresh) {
        GroupPart old = running == null ? null : named(running.groups(), GroupPart::name, fresh.name());
        if (old == null || !old.values().equals(fresh.values())) {
            return fresh;
        }
        List<SinkPart> sinks = fresh.sinks().stream()
                .flatMap(sink -> Stream.ofNullable(unchanged(sink)))
                .toList();
        return sinks.equals(old.sinks()) ? old : fresh;
    }

    /** The source that runs, if its own values are these. Its route is another matter. */
    @Nullable
    SourcePart source(String name, ComponentValues values) {
        SourcePart old = running == null ? null : named(running.sources(), SourcePart::name, name);
        return old != null && old.values().equals(values) ? old : null;
    }

    private @Nullable SinkPart unchanged(SinkPart fresh) {
        SinkPart old = running == null ? null : named(running.sinks(), SinkPart::name, fresh.name());
        return old != null
                        && old.values().equals(fresh.values())
                        && old.channel() == fresh.channel()
                        && old.destinations().equals(fresh.destinations())
                ? old
                : null;
    }

    private boolean isGrouped(SinkPart sink) {
        return running != null
                && running.groups().stream().anyMatch(group -> group.sinks().contains(sink));
    }

    private static <T> @Nullable T named(List<T> parts, Function<T, String> name, String wanted) {
        return parts.stream()
                .filter(part -> name.apply(part).equals(wanted))
                .findFirst()
                .orElse(null);
    }
}
