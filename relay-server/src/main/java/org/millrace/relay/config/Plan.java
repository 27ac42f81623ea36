package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.millrace.api.Channel;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Assembly.SourcePart;

/**
 * What a reload would do to an agent: a step for each part, in the order sources, channels, sinks, sink groups. Immutable.
 *
 * @param steps also for what goes on as it is
 */
public record Plan(List<Step> steps) {
    /** What becomes of a part. */
    public enum Action {
        KEEP,
        /** The source goes on; what is between it and its channels is exchanged. */
        REROUTE,
        RESTART,
        START,
        STOP
    }

    /**
     * What becomes of one part.
     *
     * @param kind such as {@code source}
     * @param part its name and type
     * @param why a line for each reason, secrets masked; none for what goes on
     */
    public record Step(Action action, String kind, String part, List<String> why) {
        /** As an operator reads it. */
        @Override
        public String toString() {
            return action.name().toLowerCase(Locale.ROOT) + " " + kind + " " + part
                    + (why.isEmpty() ? "" : ": " + String.join("; ", why));
        }
    }

    /** @param next read with {@code running} as what runs */
    public static Plan between(Assembly running, Assembly next) {
        List<Step> steps = new ArrayList<>();
        compare(
                steps,
                Kind.SOURCE,
                running.sources(),
                next.sources(),
                SourcePart::name,
                (old, now) -> source(old, now));
        compare(
                steps,
                Kind.CHANNEL,
                running.channels(),
                next.channels(),
                ChannelPart::name,
                (old, now) -> old.equals(now) ? keep() : restart(old.values().changesTo(now.values())));
        compare(
                steps,
                Kind.SINK,
                running.sinks(),
                next.sinks(),
                SinkPart::name,
                (old, now) -> old.equals(now) ? keep() : restart(whySink(old, now)));
        compare(
                steps,
                Kind.SINK_GROUP,
                running.groups(),
                next.groups(),
                GroupPart::name,
                (old, now) -> old.equals(now) ? keep() : restart(whyGroup(old, now)));
        return new Plan(List.copyOf(steps));
    }

    /** True if there is nothing to do. */
    public boolean isEmpty() {
        return steps.stream().allMatch(step -> step.action() == Action.KEEP);
    }

    /** What is to be done. */
    public List<Step> changes() {
        return steps.stream().filter(step -> step.action() != Action.KEEP).toList();
    }

    /** What becomes of a part, and why. */
    private record Fate(Action action, List<String> why) {}

    private static Fate keep() {
        return new Fate(Action.KEEP, List.of());
    }

    private static Fate restart(List<String> why) {
        return new Fate(Action.RESTART, why);
    }

    private static Fate source(SourcePart old, SourcePart now) {
        if (old.equals(now)) {
            return keep();
        }
        List<String> why = new ArrayList<>(old.values().changesTo(now.values()));
        why.addAll(old.routeValues().changesTo(now.routeValues()));
        for (Channel channel : now.channels()) {
            boolean isThere =
                    old.channels().stream().anyMatch(before -> before.name().equals(channel.name()));
            if (isThere && !old.channels().contains(channel)) {
                why.add("its channel " + channel.name() + " is restarted");
            }
        }
        return new Fate(old.source() == now.source() ? Action.REROUTE : Action.RESTART, why);
    }

    private static List<String> whySink(SinkPart old, SinkPart now) {
        List<String> why = new ArrayList<>(old.values().changesTo(now.values()));
        if (old.channel() != now.channel()
                && old.channel().name().equals(now.channel().name())) {
            why.add("its channel " + now.channel().name() + " is restarted");
        }
        for (Channel channel : now.destinations()) {
            boolean isThere =
                    old.destinations().stream().anyMatch(before -> before.name().equals(channel.name()));
            if (isThere && !old.destinations().contains(channel)) {
                why.add("channel " + channel.name() + ", which it puts into, is restarted");
            }
        }
        return why.isEmpty() ? List.of("its sink group changes") : why;
    }

    private static List<String> whyGroup(GroupPart old, GroupPart now) {
        List<String> why = old.values().changesTo(now.values());
        return why.isEmpty() ? List.of("its sinks are restarted") : why;
    }

    private static <T> void compare(
            List<Step> steps,
            Kind kind,
            List<T> running,
            List<T> next,
            Function<T, String> name,
            BiFunction<T, T, Fate> fate) {
        Map<String, T> before =
                running.stream().collect(Collectors.toMap(name, Function.identity(), (first, other) -> first));
        for (T now : next) {
            T old = before.remove(name.apply(now));
            if (old == null) {
                steps.add(new Step(Action.START, kind.noun(), now.toString(), List.of("is new")));
            } else {
                Fate its = fate.apply(old, now);
                steps.add(new Step(its.action(), kind.noun(), now.toString(), its.why()));
            }
        }
        running.stream()
                .filter(old -> before.containsKey(name.apply(old)))
                .forEach(old -> steps.add(new Step(Action.STOP, kind.noun(), old.toString(), List.of("is gone"))));
    }
}
