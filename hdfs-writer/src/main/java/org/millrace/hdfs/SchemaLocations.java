package org.millrace.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.EventSchemas;
import org.millrace.serializer.WebSchema;

/**
 * Reads schemas from where they stand: a web server, or any file system of Hadoop's. Thread-safe; the calling thread waits.
 *
 * @param keys which URLs a sender may name
 * @param user who reads from Hadoop's file systems
 */
record SchemaLocations(BodySchemas keys, Configuration configuration, HadoopUser user)
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
        URI address = address(url);
        return WebSchema.isWeb(address) ? WebSchema.read(address) : user.call(() -> fromFileSystem(address));
    }

    private String fromFileSystem(URI address) throws IOException {
        try (FileSystem files = FileSystem.newInstance(address, configuration);
                InputStream in = files.open(new Path(address))) {
            return WebSchema.limited(in);
        }
    }

    private static URI address(String url) throws IOException {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new IOException("is no URL: " + e.getReason(), e);
        }
    }
}
