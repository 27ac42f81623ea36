package org.millrace.relay.interceptor;

import java.util.List;
import org.joda.time.format.DateTimeFormat;
import org.joda.time.format.DateTimeFormatter;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.GroupSerializer;
import org.millrace.api.part.PartContext;

/** Makes epoch milliseconds of a time that a group found. */
public final class MillisSerializerFactory implements ComponentFactory.OfGroupSerializer {
    private static final String NAME = "org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer";

    @Override
    public List<String> typeNames() {
        return List.of(NAME);
    }

    @Override
    public String summary() {
        return "The header has the time that the group found, in milliseconds since 1970";
    }

    @Override
    public GroupSerializer create(PartContext context, Settings settings) {
        DateTimeFormatter format = settings.value(
                        "pattern",
                        "a pattern of Joda's, such as yyyy-MM-dd HH:mm:ss",
                        DateTimeFormat::forPattern,
                        DateTimeFormat.shortDate())
                .about("for " + NAME + ": how a time is written")
                .required();
        return found -> Long.toString(format.parseMillis(found));
    }
}
