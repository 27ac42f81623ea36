package org.millrace.relay.interceptor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;

/** Makes Flume's {@code remove_header}. */
public final class RemoveHeaderFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of(
                "remove_header",
                "org.apache.flume.interceptor.RemoveHeaderInterceptor$Builder",
                "org.apache.flume.interceptor.RemoveHeaderInterceptor");
    }

    @Override
    public String summary() {
        return "Removes headers, by name or by a regular expression for names";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        Set<String> names = new HashSet<>();
        String name = settings.string("withName").about("a header to remove").orNull();
        if (name != null) {
            names.add(name);
        }
        String list = settings.string("fromList").about("headers to remove").orNull();
        Pattern separator = BoundedPattern.value(settings, "fromListSeparator")
                .about("what stands between the names of fromList")
                .orElse(Pattern.compile("\\s*,\\s*"));
        if (list != null) {
            names.addAll(List.of(separator.split(list)));
        }
        @Nullable
        Pattern matching = BoundedPattern.value(settings, "matching")
                .about("headers to remove, by the whole of their names")
                .orNull();
        if (names.isEmpty() && matching == null) {
            settings.note("type", "removes nothing: it has neither withName nor fromList nor matching");
        }
        BoundedPattern bounded = BoundedPattern.of(
                context, settings, matching == null ? Pattern.compile("") : matching, "the name of a header");
        return new RemoveHeader(names, matching == null ? null : bounded);
    }
}
