package org.millrace.relay.route;

import java.time.InstantSource;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.codec.HeaderName;

/** Reads {@code headerName} and {@code preserveExisting}. */
public final class TimestampInterceptorFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of(
                "timestamp",
                "org.apache.flume.interceptor.TimestampInterceptor$Builder",
                "org.apache.flume.interceptor.TimestampInterceptor");
    }

    @Override
    public String summary() {
        return "Sets a header to the time, in milliseconds since 1970";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        return new TimestampInterceptor(
                HeaderName.of(
                        settings.string("headerName").about("the header to set").orElse("timestamp")),
                settings.bool("preserveExisting")
                        .about("whether an event that has the header keeps it")
                        .orElse(false),
                InstantSource.system());
    }
}
