package org.example.millrace;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;

/** Reads the keys of {@code type = heartbeat}. Each key is read once, here; what is not read is refused as an unknown key. */
public final class HeartbeatSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("heartbeat", HeartbeatSource.class.getName());
    }

    @Override
    public String summary() {
        return "Makes an event at each interval, so that it can be seen where events stay";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        Duration interval = settings.duration("interval", ChronoUnit.MILLIS, 1, 86_400_000)
                .about("how long from one event to the next")
                .orElse(Duration.ofSeconds(1));
        String text = settings.string("text").about("the body").orElse("alive");
        return new HeartbeatSource(context, interval, text);
    }
}
