package org.millrace.interop.same;

/** An interceptor with the keys that it is tried with, or none. */
enum Change {
    NONE,
    TIMESTAMP("type = timestamp", "headerName = now"),
    HOST("type = host", "hostHeader = where"),
    STATIC("type = static", "key = dc", "value = north"),
    REMOVE_HEADER("type = remove_header", "matching = (?i)severity|file|h2"),
    SEARCH_REPLACE("type = search_replace", "searchPattern = ([a-z]+)=([a-z]+)", "replaceString = $2:$1"),
    REGEX_FILTER("type = regex_filter", "regex = " + Feed.DROPPED, "excludeEvents = true"),
    REGEX_EXTRACTOR(
            "type = regex_extractor",
            "regex = ^(\\\\w+) (\\\\w+)",
            "serializers = s1 s2",
            "serializers.s1.name = first",
            "serializers.s2.name = second"),
    UUID("type = org.apache.flume.sink.solr.morphline.UUIDInterceptor$Builder", "headerName = id");

    /** A line each. */
    private final String keys;

    Change(String... keys) {
        this.keys = String.join("\n", keys);
    }

    /** Lines of a properties file for a source of the agent {@code a}. */
    String lines(String source) {
        if (this == NONE) {
            return "";
        }
        StringBuilder lines = new StringBuilder("a.sources." + source + ".interceptors = i\n");
        for (String key : keys.lines().toList()) {
            lines.append("a.sources.")
                    .append(source)
                    .append(".interceptors.i.")
                    .append(key)
                    .append('\n');
        }
        return lines.toString();
    }

    /** How many of a feed's events it lets through. */
    int eventsOf(Feed feed) {
        return this == REGEX_FILTER ? feed.events() - feed.dropped() : feed.events();
    }
}
