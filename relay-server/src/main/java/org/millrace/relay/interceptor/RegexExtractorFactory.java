package org.millrace.relay.interceptor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.api.part.GroupSerializer;
import org.millrace.api.part.PartContext;
import org.millrace.codec.HeaderName;
import org.millrace.relay.interceptor.RegexExtractor.Part;

/** Makes Flume's {@code regex_extractor}. */
public final class RegexExtractorFactory implements ComponentFactory.OfInterceptor {
    @Override
    public List<String> typeNames() {
        return List.of(
                "regex_extractor",
                "org.apache.flume.interceptor.RegexExtractorInterceptor$Builder",
                "org.apache.flume.interceptor.RegexExtractorInterceptor");
    }

    @Override
    public String summary() {
        return "Takes what the groups of a regular expression find in the body into headers";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        Pattern pattern = BoundedPattern.value(settings, "regex")
                .about("what to look for in the body, read as UTF-8, with a group for each header")
                .required();
        List<Part> parts = new ArrayList<>();
        for (String name : settings.words("serializers")
                .about("names of serializers, of the first group, the second, and so on")
                .required()) {
            parts.add(part(context, settings.under("serializers." + name + ".")));
        }
        part(context, settings.under("serializers.<NAME>.").elsewise());
        if (parts.isEmpty()) {
            settings.under("serializers.").all(); // nobody to ask for them: the list is what is wrong
        }
        int groups = pattern.matcher("").groupCount();
        if (settings.has("regex") && parts.size() > groups) {
            settings.note(
                    "serializers",
                    parts.size() + " of them, and regex has " + groups
                            + " groups: the others have no effect, as in Flume");
        }
        List<Part> used = parts.subList(0, Math.min(parts.size(), groups));
        return new RegexExtractor(
                BoundedPattern.of(context, settings, pattern),
                used,
                context.metrics().counter("interceptors." + context.name() + ".unreadableTimes"));
    }

    private static Part part(InterceptorContext context, Settings settings) {
        HeaderName header = HeaderName.of(settings.value("name", "the name of a header", UnaryOperator.identity(), "")
                .about("the header that gets what the group found")
                .required());
        GroupSerializer serializer = settings.part("type", ComponentFactory.OfGroupSerializer.class)
                .keysUnder("")
                .about("how it gets it: as it is, as milliseconds since 1970 of a time, or as a plug-in does")
                .orElse(
                        PassThroughSerializerFactory.NAME,
                        (factory, keys) -> factory.create(PartContext.of(context), keys));
        return new Part(header, serializer);
    }
}
