package org.millrace.serializer;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** Reads a schema from a web server. Thread-safe; the calling thread waits. */
public final class WebSchema {
    private static final int MOST_BYTES = 1 << 18;

    private WebSchema() {}

    /** True for {@code http} and {@code https}. */
    public static boolean isWeb(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https");
    }

    /**
     * What stands at an address of the web, as UTF-8.
     *
     * @param timeout of each, to connect and to read; zero: none
     */
    public static String read(URI address, Duration timeout) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        int millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setInstanceFollowRedirects(false); // it could lead to where senders may not
        try {
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("the server answers " + status + " (expected: 200)");
            }
            try (InputStream in = connection.getInputStream()) {
                return limited(in);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** All of it, as UTF-8, as long as that is no more than a schema may have. */
    public static String limited(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new IOException("is longer than " + MOST_BYTES + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
