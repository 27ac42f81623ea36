package org.millrace.relay.interceptor;

import java.util.List;
import java.util.regex.Pattern;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;

/** Makes Flume's {@code regex_filter}. Bodies are read as UTF-8 (Flume's: in the platform's character set). */
public final class RegexFilterFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of(
                "regex_filter",
                "org.apache.flume.interceptor.RegexFilteringInterceptor$Builder",
                "org.apache.flume.interceptor.RegexFilteringInterceptor");
    }

    @Override
    public String summary() {
        return "Keeps the events in whose bodies a regular expression is found, or drops those";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        Pattern pattern = BoundedPattern.value(settings, "regex")
                .about("what to look for; a part of the body is enough")
                .orElse(Pattern.compile(".*"));
        boolean isDropping = settings.bool("excludeEvents")
                .about("whether events in which it is found are dropped, and not the others")
                .orElse(false);
        return new RegexFilter(BoundedPattern.of(context, settings, pattern), isDropping);
    }
}
