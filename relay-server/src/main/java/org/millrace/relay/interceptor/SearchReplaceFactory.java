package org.millrace.relay.interceptor;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;

/** Makes Flume's {@code search_replace}. */
public final class SearchReplaceFactory implements ComponentFactory.OfInterceptor {
    private static final String REPLACEMENT = "replaceString";

    @Override
    public List<String> typeNames() {
        return List.of(
                "search_replace",
                "org.apache.flume.interceptor.SearchAndReplaceInterceptor$Builder",
                "org.apache.flume.interceptor.SearchAndReplaceInterceptor");
    }

    @Override
    public String summary() {
        return "Replaces in the body whatever matches a regular expression";
    }

    @Override
    public Interceptor create(InterceptorContext context, Settings settings) {
        Pattern pattern = BoundedPattern.value(settings, "searchPattern")
                .about("what is replaced, wherever it is found")
                .required();
        String replacement = settings.string(REPLACEMENT)
                .about("what stands there instead; $1 for the first group, \\\\$ for a dollar sign")
                .orElse("");
        Charset charset = settings.writableCharset("charset")
                .about("the character set of the bodies")
                .orElse(StandardCharsets.UTF_8);
        check(pattern, replacement, settings);
        return new SearchReplace(BoundedPattern.of(context, settings, pattern), replacement, charset);
    }

    /** So that a group that is not there is told of now, and not with each event. */
    private static void check(Pattern pattern, String replacement, Settings settings) {
        // The same groups, and a match at once. In front, since a pattern may end in a comment, or within a quotation.
        Pattern findsNothing = Pattern.compile("|" + pattern.pattern(), pattern.flags());
        try {
            findsNothing.matcher("").replaceFirst(replacement);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            settings.problem(
                    REPLACEMENT,
                    replacement + " (expected: a text with groups of searchPattern; " + e.getMessage() + ")");
        }
    }
}
