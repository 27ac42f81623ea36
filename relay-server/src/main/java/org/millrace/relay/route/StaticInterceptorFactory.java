package org.millrace.relay.route;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;

/** Reads {@code key}, {@code value} and {@code preserveExisting}, which is true here unless set, as in Flume. */
public final class StaticInterceptorFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of(
                "static",
                "org.apache.flume.interceptor.StaticInterceptor$Builder",
                "org.apache.flume.interceptor.StaticInterceptor");
    }

    @Override
    public String summary() {
        return "Sets a header to a fixed value";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        return new StaticInterceptor(new HeaderEdit(
                HeaderName.of(settings.string("key").about("the header to set").orElse("key")),
                settings.string("value").about("what it is set to").orElse("value"),
                settings.bool("preserveExisting")
                        .about("whether an event that has the header keeps it")
                        .orElse(true)));
    }
}
