package org.millrace.relay.config;

import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.Inlet;
import org.millrace.api.Interceptor;
import org.millrace.api.SourceMetrics;

/** Makes the way from a source to its channels. */
@FunctionalInterface
public interface Routing {
    /**
     * Joins the parts; only assigns.
     *
     * @param interceptors in the order that events pass them
     * @param channels all channels of the source, in the order of its list
     */
    Route route(
            List<Interceptor> interceptors, ChannelSelector selector, List<Channel> channels, SourceMetrics metrics);

    /**
     * A way from a source to its channels.
     *
     * @param close gives back what interceptors hold; to run once the source is closed
     */
    record Route(Inlet inlet, Runnable close) {}
}
