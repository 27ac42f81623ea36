package org.millrace.relay.source.spool;

import org.millrace.api.part.FileDeserializer;

/**
 * A file is one event, its bytes as they are.
 *
 * @param maxBytes a longer file goes on in further events; at least 1
 */
public record BlobFormat(int maxBytes) implements FileDeserializer {
    @Override
    public FileEvents open(SourceFile file, long offset) {
        return new Blobs(file.content(), offset, this);
    }

    @Override
    public boolean readsText() {
        return false;
    }
}
