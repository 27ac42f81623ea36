package org.millrace.relay.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Assembly.SourcePart;

/**
 * Makes the parts of an agent from its lines. What has a mistake is left out, and what cannot do without it. Each part is made, since that
 * checks its settings; but where an agent runs, those of its parts about which nothing has changed take their place again.
 */
final class Assembler {
    private final Workshop workshop;
    private final Routing routing;

    Assembler(Workshop workshop, Routing routing) {
        this.workshop = workshop;
        this.routing = routing;
    }

    Assembly assemble() {
        Channels channels = new Channels(workshop);
        SinkGroups groups = new SinkGroups(workshop, new Sinks(workshop, channels).make());
        List<GroupPart> groupParts = groups.make();
        List<SinkPart> sinks = groups.sinksThatRun();
        List<SourcePart> sources = new Sources(workshop, channels, routing).make();
        Set<String> inUse = new HashSet<>();
        sinks.forEach(sink -> {
            inUse.add(sink.channel().name());
            sink.destinations().forEach(channel -> inUse.add(channel.name()));
        });
        sources.forEach(source -> source.channels().forEach(channel -> inUse.add(channel.name())));
        return new Assembly(workshop.agent().name(), channels.used(inUse), sinks, groupParts, sources);
    }
}
