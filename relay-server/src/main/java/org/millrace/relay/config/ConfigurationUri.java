package org.millrace.relay.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Where a configuration is by a URI, as Flume's {@code --conf-uri} has it. */
public final class ConfigurationUri {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private ConfigurationUri() {}

    /**
     * A source of {@code file:}, {@code classpath:}, {@code http:} or {@code https:}.
     *
     * @param user for basic authentication, which http and https have; empty: none
     * @throws IllegalArgumentException with a message that tells what is expected
     */
    public static TextSource source(String text, String user, String password) {
        URI uri = URI.create(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "file" -> TextSource.ofFile(Path.of(uri));
            case "classpath" -> ofClassPath(text, uri.getSchemeSpecificPart());
            case "http", "https" -> http(uri, user, password);
            default -> throw new IllegalArgumentException("expected: a file:, classpath:, http: or https: URI");
        };
    }

    private static TextSource http(URI uri, String user, String password) {
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException("expected: no user in the URI, but -user and -pwd");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("expected: a host in the URI");
        }
        return new HttpText(uri, user, password, TIMEOUT);
    }

    private static TextSource ofClassPath(String name, String path) {
        String resource = path.replaceFirst("^/+", "");
        return new TextSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public byte[] read() throws IOException {
                try (InputStream in = ConfigurationUri.class.getClassLoader().getResourceAsStream(resource)) {
                    if (in == null) {
                        throw new IOException("not on the class path");
                    }
                    return TextSource.limited(in);
                }
            }
        };
    }
}
