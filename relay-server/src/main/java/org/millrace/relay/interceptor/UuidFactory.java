package org.millrace.relay.interceptor;

import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;

/** Makes Flume's UUID interceptor, which has no alias there; here it is {@code uuid}. */
public final class UuidFactory implements ComponentFactory.OfInterceptor {
    private final Supplier<UUID> random;

    public UuidFactory() {
        this(UUID::randomUUID);
    }

    UuidFactory(Supplier<UUID> random) {
        this.random = random;
    }

    @Override
    public List<String> typeNames() {
        return List.of(
                "uuid",
                "org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder",
                "org.apache.flume.sink.solr.morphline.UUIDInterceptor");
    }

    @Override
    public String summary() {
        return "Sets a header to a random UUID, another one for each event";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        HeaderName header = HeaderName.of(
                settings.string("headerName").about("the header to set").orElse("id"));
        boolean preserveExisting = settings.bool("preserveExisting")
                .about("whether an event that has the header keeps it")
                .orElse(true);
        String prefix =
                settings.string("prefix").about("what stands before the UUID").orElse("");
        return batch -> HeaderEdit.applyEach(
                event -> preserveExisting && event.hasHeader(header)
                        ? List.of()
                        : List.of(new HeaderEdit(header, prefix + random.get(), false)),
                batch);
    }
}
