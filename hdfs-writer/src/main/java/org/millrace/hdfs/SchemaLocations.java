package org.millrace.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads schemas from where they stand: a web server, or any file system of Hadoop's. The sink's thread only, which waits, as long
 * as {@code hdfs.callTimeout} allows.
 *
 * @param allowed what a URL that a sender names must start with: else whoever can send events could make the agent read any file
 */
record SchemaLocations(List<String> allowed, Configuration configuration, HadoopCalls calls, Duration timeout)
        implements EventSchemas.Locations {
    private static final int MOST_BYTES = 1 << 18;

    @Override
    public void checkSender(String url) throws IOException {
        if (allowed.stream().noneMatch(url::startsWith)) {
            throw new IOException("senders may not name this place (expected: a start of "
                    + String.join(" or ", allowed) + ", as serializer.schemaUrlPrefixes says)");
        }
        address(url);
    }

    @Override
    public String read(String url) throws IOException {
        Reading reading = new Reading(address(url));
        calls.runAll(List.of(reading));
        return reading.result();
    }

    private static URI address(String url) throws IOException {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new IOException("is no URL: " + e.getReason(), e);
        }
    }

    private final class Reading implements HadoopCalls.Work {
        private final URI address;
        private volatile String text = "";
        private @Nullable IOException failure;

        Reading(URI address) {
            this.address = address;
        }

        @Override
        public void run() throws IOException {
            String scheme = address.getScheme();
            text = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme) ? fromWeb() : fromFileSystem();
        }

        private String fromWeb() throws IOException {
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

        private String fromFileSystem() throws IOException {
            try (FileSystem files = FileSystem.newInstance(address, configuration);
                    InputStream in = files.open(new Path(address))) {
                return limited(in);
            }
        }

        private String limited(InputStream in) throws IOException {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("is longer than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            failure = cause;
        }

        private String result() throws IOException {
            if (failure != null) {
                throw failure;
            }
            return text;
        }
    }
}
