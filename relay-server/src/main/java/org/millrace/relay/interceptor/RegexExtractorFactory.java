package org.millrace.relay.interceptor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.joda.time.format.DateTimeFormat;
import org.joda.time.format.DateTimeFormatter;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.codec.HeaderName;
import org.millrace.relay.interceptor.RegexExtractor.Part;

/** Makes Flume's {@code regex_extractor}, with its two serializers. */
public final class RegexExtractorFactory implements ComponentFactory.OfInterceptor {
    private static final String MILLIS = "org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer";
    private static final String PASS_THROUGH =
            "org.apache.flume.interceptor.RegexExtractorInterceptorPassThroughSerializer";

    private enum Kind {
        AS_IT_IS,
        TIME
    }

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
            parts.add(part(settings.under("serializers." + name + ".")));
        }
        part(settings.under("serializers.<NAME>.").elsewise());
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

    private static Part part(Settings settings) {
        HeaderName header = HeaderName.of(settings.value("name", "the name of a header", UnaryOperator.identity(), "")
                .about("the header that gets what the group found")
                .required());
        Kind kind = settings.value("type", "DEFAULT, or " + MILLIS, RegexExtractorFactory::kind, Kind.AS_IT_IS)
                .byDefault("DEFAULT")
                .about("how it gets it: as it is, or as milliseconds since 1970 of a time")
                .orElse(Kind.AS_IT_IS);
        Settings.Value<DateTimeFormatter> format = settings.value(
                        "pattern",
                        "a pattern of Joda's, such as yyyy-MM-dd HH:mm:ss",
                        DateTimeFormat::forPattern,
                        DateTimeFormat.shortDate())
                .about("for " + MILLIS + ": how a time is written");
        if (kind == Kind.AS_IT_IS) {
            if (!settings.has("pattern")) {
                format.orNull();
            }
            return new Part(header, null);
        }
        return new Part(header, format.required());
    }

    private static Kind kind(String name) {
        if (name.equals("DEFAULT") || name.equals(PASS_THROUGH)) {
            return Kind.AS_IT_IS;
        }
        if (name.equals(MILLIS)) {
            return Kind.TIME;
        }
        throw new IllegalArgumentException(
                name.contains(".") ? "classes written for Flume are not loaded" : "in this spelling");
    }
}
