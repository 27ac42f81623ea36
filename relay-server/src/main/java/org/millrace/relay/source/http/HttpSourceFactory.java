package org.millrace.relay.source.http;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.Transport;

/** Makes HTTP sources, with Flume's keys and defaults, and limits of ours. */
public final class HttpSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("http", "org.apache.flume.source.http.HTTPSource");
    }

    @Override
    public String summary() {
        return "Takes each HTTP request as a batch, and answers 200 once every required channel has it";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        return new HttpSource(context, HttpSettings.read(context, settings), Transport.pausable());
    }
}
