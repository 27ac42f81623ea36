package org.millrace.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.EventSchemas;
import org.millrace.serializer.WebSchema;

/**
 * Reads schemas from where they stand: a web server, or any file system of Hadoop's. The sink's thread only, which waits, as long
 * as {@code hdfs.callTimeout} allows.
 *
 * @param keys which URLs a sender may name
 */
record SchemaLocations(BodySchemas keys, Configuration configuration, HadoopCalls calls, Duration timeout)
        implements EventSchemas.Locations {
    @Override
    public void checkSender(String url) throws IOException {
        String objection = keys.objection(url);
        if (objection != null) {
            throw new IOException(objection);
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
            text = WebSchema.isWeb(address) ? WebSchema.read(address, timeout) : fromFileSystem();
        }

        private String fromFileSystem() throws IOException {
            try (FileSystem files = FileSystem.newInstance(address, configuration);
                    InputStream in = files.open(new Path(address))) {
                return WebSchema.limited(in);
            }
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
