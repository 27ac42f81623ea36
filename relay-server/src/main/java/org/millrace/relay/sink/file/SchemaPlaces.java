package org.millrace.relay.sink.file;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.EventSchemas;
import org.millrace.serializer.WebSchema;

/** Reads schemas from where they stand: a web server, or a file. Thread-safe; the calling thread waits. */
record SchemaPlaces(BodySchemas keys) implements EventSchemas.Locations {
    /** True if a URL is of a kind that can be read. */
    static boolean isReadable(String url) {
        try {
            URI address = new URI(url);
            return WebSchema.isWeb(address) || "file".equalsIgnoreCase(address.getScheme());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    @Override
    public void checkSender(String url) throws IOException {
        String objection = keys.objection(url);
        if (objection != null) {
            throw new IOException(objection);
        }
        if (!isReadable(url)) {
            throw new IOException("is no http, https or file URL");
        }
    }

    @Override
    public String read(String url) throws IOException {
        URI address = URI.create(url);
        if (WebSchema.isWeb(address)) {
            return WebSchema.read(address);
        }
        try (InputStream in = Files.newInputStream(Path.of(address))) {
            return WebSchema.limited(in);
        } catch (IllegalArgumentException e) {
            throw new IOException("is no path of a file: " + e.getMessage(), e);
        }
    }
}
