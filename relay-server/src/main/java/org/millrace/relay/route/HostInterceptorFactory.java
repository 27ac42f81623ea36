package org.millrace.relay.route;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.HeaderInterceptor;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;

/**
 * Reads {@code hostHeader}, {@code useIP} and {@code preserveExisting}. This host is looked up here, once: later would be on an event
 * loop. Where it has no name or address, events stay without the header, as with Flume.
 */
public final class HostInterceptorFactory implements ComponentFactory.OfInterceptor {
    private final LocalHost localHost;

    public HostInterceptorFactory() {
        this(InetAddress::getLocalHost);
    }

    HostInterceptorFactory(LocalHost localHost) {
        this.localHost = localHost;
    }

    /** How to find out about this host. */
    interface LocalHost {
        InetAddress address() throws UnknownHostException;
    }

    @Override
    public List<String> typeNames() {
        return List.of(
                "host",
                "org.apache.flume.interceptor.HostInterceptor$Builder",
                "org.apache.flume.interceptor.HostInterceptor");
    }

    @Override
    public String summary() {
        return "Sets a header to the name or address of the agent's host";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        HeaderName header = HeaderName.of(
                settings.string("hostHeader").about("the header to set").orElse("host"));
        boolean useIp = settings.bool("useIP")
                .about("whether the header gets the address of the host, and not its name")
                .orElse(true);
        boolean preserveExisting = settings.bool("preserveExisting")
                .about("whether an event that has the header keeps it")
                .orElse(false);
        try {
            InetAddress host = localHost.address();
            String value = useIp ? host.getHostAddress() : host.getCanonicalHostName();
            return new StaticInterceptor(new HeaderEdit(header, value, preserveExisting));
        } catch (UnknownHostException e) {
            settings.note(
                    "hostHeader", "events stay without header " + header + ": this host is unknown: " + e.getMessage());
            return (HeaderInterceptor) () -> null;
        }
    }
}
