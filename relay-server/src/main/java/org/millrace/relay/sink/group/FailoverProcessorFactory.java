package org.millrace.relay.sink.group;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkProcessor;

/**
 * Makes Flume's {@code failover}. Keys: {@code priority.SINK} for each sink, all different, the largest is preferred (-1, -2 and so on in
 * the order of the list); {@code maxpenalty} (30000 ms). It has one thread, since one sink at a time has the turns.
 */
public final class FailoverProcessorFactory implements ComponentFactory.OfSinkProcessor {
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    public FailoverProcessorFactory() {
        this(System::nanoTime, new SplittableRandom());
    }

    FailoverProcessorFactory(LongSupplier nanoTime, RandomGenerator random) {
        this.nanoTime = nanoTime;
        this.random = random;
    }

    @Override
    public List<String> typeNames() {
        return List.of("failover", "org.apache.flume.sink.FailoverSinkProcessor");
    }

    @Override
    public String summary() {
        return "Gives the turns to the sink of the highest priority that works";
    }

    @Override
    public List<SinkProcessor> create(SinkGroupContext context, List<SinkProcessor.Member> sinks, Settings settings) {
        Map<SinkProcessor.Member, Integer> priorities = priorities(sinks, settings.under("priority."));
        settings.define(
                "priority.<SINK>",
                "a whole number",
                "of each sink of the group: the larger number is preferred, each sink another one; without it -1, -2 and so"
                        + " on, in the order of the list");
        Duration most = settings.duration("maxpenalty", ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                .about("the longest time for which a sink that fails again and again is left alone")
                .orElse(Penalty.DEFAULT_MOST);
        List<GroupedSink> preferredFirst = priorities.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(entry -> new GroupedSink(entry.getKey(), nanoTime))
                .toList();
        if (preferredFirst.isEmpty()) {
            return List.of(); // the group's list is what is wrong, and has been reported
        }
        return List.of(
                new FailoverProcessor(context.name(), preferredFirst, new Penalty(most, random), context.metrics())
                        .showing());
    }

    private static Map<SinkProcessor.Member, Integer> priorities(List<SinkProcessor.Member> sinks, Settings settings) {
        Map<SinkProcessor.Member, Integer> priorities = new LinkedHashMap<>();
        Map<Integer, String> taken = new HashMap<>();
        int withoutOne = 0;
        for (SinkProcessor.Member sink : sinks) {
            boolean given = settings.has(sink.name());
            withoutOne -= given ? 0 : 1;
            int priority = settings.integer(sink.name(), Integer.MIN_VALUE, Integer.MAX_VALUE)
                    .about("the larger number is preferred, each sink another one")
                    .byDefault("-1, -2 and so on, in the order of the list")
                    .orElse(withoutOne);
            if (!given) {
                settings.note(
                        sink.name(),
                        "not set: " + priority + ", by its place in the list (Flume gives these out by chance)");
            }
            String other = taken.putIfAbsent(priority, sink.name());
            if (other != null) {
                settings.problem(
                        sink.name(),
                        priority + ", which " + other + " has already (expected: each sink another number, the largest"
                                + " for the one to prefer; Flume would leave one of the two out)");
            }
            priorities.put(sink, priority);
        }
        return priorities;
    }
}
