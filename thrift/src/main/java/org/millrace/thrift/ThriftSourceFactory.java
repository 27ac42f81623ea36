package org.millrace.thrift;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;

/** Makes Thrift sources; {@code ThriftSourceSettings} reads their keys. */
public final class ThriftSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("thrift", "org.apache.flume.source.ThriftSource");
    }

    @Override
    public String summary() {
        return "Takes batches from Thrift RPC clients, such as the Thrift sinks of other agents; acks them when every required channel has them";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        return new ThriftSource(context, ThriftSourceSettings.read(settings));
    }
}
