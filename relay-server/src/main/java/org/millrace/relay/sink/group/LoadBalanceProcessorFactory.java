package org.millrace.relay.sink.group;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkProcessor;

/**
 * Makes Flume's {@code load_balance}. Keys: {@code selector} ({@code round_robin} or {@code random}), {@code backoff} (false), {@code
 * selector.maxTimeOut} (30000 ms); and our own {@code threads} (1): the sinks are dealt out among so many threads in the order of the
 * list, each balances among its own, and the channel among the threads.
 */
public final class LoadBalanceProcessorFactory implements ComponentFactory.OfSinkProcessor {
    private static final String MOST_PENALTY = "selector.maxTimeOut";

    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    /** Flume's names of the orders. */
    private enum Selector {
        ROUND_ROBIN,
        RANDOM
    }

    public LoadBalanceProcessorFactory() {
        this(System::nanoTime, new SplittableRandom());
    }

    /** @param random for one thread: each processor gets one of its own where it can be split */
    LoadBalanceProcessorFactory(LongSupplier nanoTime, RandomGenerator random) {
        this.nanoTime = nanoTime;
        this.random = random;
    }

    @Override
    public List<String> typeNames() {
        return List.of("load_balance", "org.apache.flume.sink.LoadBalancingSinkProcessor");
    }

    @Override
    public String summary() {
        return "Gives the turns to several sinks, one after the other";
    }

    @Override
    public List<SinkProcessor> create(SinkGroupContext context, List<SinkProcessor.Member> sinks, Settings settings) {
        Selector selector = settings.oneOf("selector", Selector.class)
                .about("in what order sinks are tried")
                .orElse(Selector.ROUND_ROBIN);
        Duration mostPenalty = mostPenalty(settings);
        int threads = settings.integer("threads", 1, Math.max(1, sinks.size()))
                .expecting("a whole number, 1 to the number of sinks")
                .about("threads that give turns, each with its share of the sinks")
                .expecting("a whole number, from 1 to the number of sinks")
                .orElse(1);
        if (sinks.size() < 2) {
            settings.problem("type", "load_balance (expected: default, as the group has one sink)");
        }
        List<GroupedSink> all =
                sinks.stream().map(sink -> new GroupedSink(sink, nanoTime)).toList();
        List<SinkProcessor> processors = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            List<GroupedSink> share = new ArrayList<>();
            for (int i = thread; i < all.size(); i += threads) {
                share.add(all.get(i));
            }
            processors.add(processor(context.name(), share, selector, mostPenalty));
        }
        showFigures(context, all);
        return processors;
    }

    private SinkProcessor processor(
            String group, List<GroupedSink> sinks, Selector selector, @Nullable Duration mostPenalty) {
        RandomGenerator own = random instanceof RandomGenerator.SplittableGenerator source ? source.split() : random;
        return new LoadBalanceProcessor(
                group,
                sinks,
                selector == Selector.ROUND_ROBIN ? TurnOrder.roundRobin() : TurnOrder.random(own),
                mostPenalty == null ? null : new Penalty(mostPenalty, own),
                nanoTime);
    }

    /** Null where sinks that fail are not left alone. */
    private static @Nullable Duration mostPenalty(Settings settings) {
        boolean backoff = settings.bool("backoff")
                .about("whether a sink that failed is left alone for a while, longer each time")
                .orElse(false);
        Duration most = settings.duration(MOST_PENALTY, ChronoUnit.MILLIS, 1, Integer.MAX_VALUE)
                .about("the longest such time")
                .orElse(Penalty.DEFAULT_MOST);
        if (!backoff && settings.has(MOST_PENALTY)) {
            settings.note(MOST_PENALTY, "has no effect: backoff is false");
        }
        return backoff ? most : null;
    }

    private static void showFigures(SinkGroupContext context, List<GroupedSink> all) {
        context.metrics()
                .gauge(
                        "active",
                        () -> all.stream()
                                .filter(sink -> !sink.isFailing())
                                .map(GroupedSink::name)
                                .collect(Collectors.joining(" ")));
        context.metrics()
                .gauge(
                        "failing",
                        () -> all.stream().filter(GroupedSink::isFailing).count());
    }
}
