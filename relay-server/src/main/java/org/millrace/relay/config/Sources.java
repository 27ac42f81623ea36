package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.SelectorContext;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.SwitchedInlet;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.config.Routing.Route;

/** Makes the sources of an agent, each with its interceptors and its selector. */
final class Sources {
    private static final String DEFAULT_SELECTOR = "replicating";
    /** Of one source, while its route is being exchanged. */
    private static final long MOST_HELD_BYTES = Runtime.getRuntime().maxMemory() / 8;

    private final Workshop workshop;
    private final Channels channels;
    private final Routing routing;
    private final List<Route> routes = new ArrayList<>();

    Sources(Workshop workshop, Channels channels, Routing routing) {
        this.workshop = workshop;
        this.channels = channels;
        this.routing = routing;
    }

    /** The good ones. */
    List<SourcePart> make() {
        List<SourcePart> parts = new ArrayList<>();
        for (String name : workshop.agent().declared(Kind.SOURCE)) {
            SourcePart part = make(name);
            if (part != null) {
                parts.add(part);
            }
        }
        closeUnused(parts);
        return parts;
    }

    /** Routes of sources with a mistake, and of those that go on with the one that they have. */
    private void closeUnused(List<SourcePart> parts) {
        for (Route route : routes) {
            if (parts.stream().noneMatch(part -> part.route().equals(route))) {
                route.close().run();
            }
        }
    }

    private @Nullable SourcePart make(String name) {
        ComponentSettings all = workshop.settings(Kind.SOURCE, name);
        ComponentSettings own = all.only(key -> !key.startsWith("selector.") && !key.startsWith("interceptors."));
        own.settings().ignored("types are named by the type key alone", "config");
        List<Channel> to = channels(own);
        SourcePart running = workshop.continuity().source(name, own.values(Sources::isOwn));
        boolean sameRoute = running != null
                && running.routeValues().equals(all.values(Sources::isOfRoute))
                && running.channels().equals(to);
        SourceMetrics fresh = new SourceMetrics(name, new MetricRegistry());
        SourceMetrics metrics = running == null || sameRoute ? fresh : running.metrics();
        List<Interceptor> interceptors = interceptors(all, own, metrics);
        ChannelSelector selector = selector(
                all.under("selector.", "channels"),
                new SelectorContext(workshop.agent().name(), name, to, metrics, workshop.clock()));
        ComponentFactory.OfSource factory = workshop.catalog().sources().factory(own);
        if (factory == null) {
            return null;
        }
        Route route =
                interceptors == null || selector == null ? null : routing.route(interceptors, selector, to, metrics);
        if (route != null) {
            routes.add(route);
        }
        SwitchedInlet inlet = new SwitchedInlet(route == null ? InletStandIn.INSTANCE : route.inlet(), MOST_HELD_BYTES);
        SourceContext context = new SourceContext(workshop.agent().name(), name, inlet, fresh, workshop.clock());
        Source source = workshop.make(own, () -> factory.create(context, own.settings()));
        own.reportUnknownKeys(Set.of("selector.type", "interceptors"));
        own.noteEmptyValues();
        if (source == null || !own.isGood()) {
            return null;
        }
        to.forEach(channel -> channels.checkBatch(own, source, channel.name()));
        if (!own.isGood() || route == null) {
            return null;
        }
        if (!to.stream().allMatch(channel -> channels.isGood(channel.name()))) {
            workshop.findings()
                    .dropped(
                            own.placeOf("channels"),
                            own.fullKey("channels"),
                            "source is left out, as its channels are");
            return null;
        }
        if (sameRoute && running != null) {
            return running;
        }
        return new SourcePart(
                name,
                factory.typeNames().get(0),
                running == null ? source : running.source(),
                running == null ? inlet : running.inlet(),
                to,
                route,
                metrics,
                own.values(Sources::isOwn),
                all.values(Sources::isOfRoute)); // again: now the parts of the route have told which are secrets
    }

    /** What the source itself is made from. */
    private static boolean isOwn(String key) {
        return !isOfRoute(key);
    }

    /** What lies between the source and its channels. */
    private static boolean isOfRoute(String key) {
        return key.equals("channels")
                || key.equals("interceptors")
                || key.startsWith("interceptors.")
                || key.startsWith("selector.");
    }

    /**
     * The channels of the source. Lenient, it goes on with the good ones as long as there are any; otherwise bad ones stay, so that a
     * selector which names them is not blamed.
     */
    private List<Channel> channels(ComponentSettings own) {
        String list = own.settings().string("channels").orElse("");
        if (list.isEmpty()) {
            channels.check(own, "channels", "");
            return List.of();
        }
        if (list.contains(",")) {
            own.problem("channels", list + " (expected: names separated by blanks, not commas)");
        }
        List<Channel> all = new ArrayList<>();
        for (String name : AgentLines.words(list)) {
            if (isDeclared(own, name)) {
                channels.isFilled(name);
            }
            all.add(channels.get(name));
        }
        List<Channel> good =
                all.stream().filter(channel -> channels.isGood(channel.name())).toList();
        return workshop.lenient() && !good.isEmpty() ? good : all;
    }

    /** As {@link Channels#check}, but one unknown channel among several does not cost a lenient agent the source. */
    private boolean isDeclared(ComponentSettings own, String name) {
        ComponentSettings reporter = workshop.lenient() ? own.only(key -> true) : own;
        return channels.check(reporter, "channels", name);
    }

    private @Nullable ChannelSelector selector(ComponentSettings lines, SelectorContext context) {
        boolean byDefault = !lines.keys().contains("type");
        ComponentFactory.OfSelector factory = byDefault
                ? workshop.catalog().selectors().named(DEFAULT_SELECTOR)
                : workshop.catalog().selectors().factory(lines);
        if (factory == null) {
            if (byDefault) {
                lines.problem("type", DEFAULT_SELECTOR + " by default (expected: a selector that is installed)");
            }
            return null;
        }
        lines.settings().string("type").orNull(); // known, also where it is left out
        ChannelSelector selector = workshop.make(lines, () -> factory.create(context, lines.settings()));
        lines.reportUnknownKeys(Set.of());
        return lines.isGood() ? selector : null;
    }

    /** The interceptors in the order of the list; null after a mistake. */
    private @Nullable List<Interceptor> interceptors(
            ComponentSettings all, ComponentSettings own, SourceMetrics metrics) {
        Set<String> listed =
                AgentLines.words(own.settings().string("interceptors").orElse(""));
        reportUnlisted(all.only(key -> key.startsWith("interceptors.")), listed);
        List<Interceptor> interceptors = new ArrayList<>();
        boolean good = true;
        for (String name : listed) {
            Interceptor interceptor = interceptor(
                    all.under("interceptors." + name + ".", "interceptors"),
                    new InterceptorContext(
                            workshop.agent().name(), metrics.component(), name, metrics, workshop.clock()));
            if (interceptor == null) {
                good = false;
            } else {
                interceptors.add(interceptor);
            }
        }
        return good ? interceptors : null;
    }

    private @Nullable Interceptor interceptor(ComponentSettings lines, InterceptorContext context) {
        ComponentFactory.OfInterceptor factory =
                workshop.catalog().interceptors().factory(lines);
        if (factory == null) {
            return null;
        }
        Interceptor interceptor = workshop.make(lines, () -> factory.create(context, lines.settings()));
        lines.reportUnknownKeys(Set.of());
        return lines.isGood() ? interceptor : null;
    }

    private void reportUnlisted(ComponentSettings lines, Set<String> listed) {
        for (String key : lines.keys()) {
            String name = key.split("\\.", 3)[1];
            if (!listed.contains(name)) {
                String expected =
                        listed.isEmpty() ? "there is no such list" : "expected: one of " + String.join(" ", listed);
                lines.problem(
                        key,
                        "interceptor " + name + " is not in " + lines.fullKey("interceptors") + " (" + expected
                                + Nearest.hint(name, listed) + ")");
            }
        }
    }
}
