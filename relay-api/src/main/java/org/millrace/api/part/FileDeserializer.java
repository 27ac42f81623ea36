package org.millrace.api.part;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.Map;

/** How a source that reads files parts them into events. Made once for a source; immutable. */
public interface FileDeserializer {
    /**
     * Begins to read a file, or goes on in it.
     *
     * @param offset 0, or what {@link FileEvents#offset} told of the same file, perhaps in an earlier run
     * @throws IOException if it is no file of this kind: the source sets it aside; or what the content threw, and then it tries again later
     */
    FileEvents open(SourceFile file, long offset) throws IOException;

    /** Whether {@link Text} is of any account: if it is not, to have its keys in the file is worth a note. */
    default boolean readsText() {
        return true;
    }

    /**
     * A file to read, which does not change any more.
     *
     * @param content the source's, which closes it; to be moved in at will
     */
    record SourceFile(Path path, FileChannel content) {}

    /**
     * What the source's own keys say of text.
     *
     * @param charset what the files are written in
     * @param onErrors what to do with bytes that are no characters of it: fail, put U+FFFD in their place, or leave them out
     */
    record Text(Charset charset, CodingErrorAction onErrors) {}

    /** The events of one file, in order. One thread. */
    interface FileEvents extends Closeable {
        /**
         * Adds events for as long as the batch {@linkplain Batch#hasRoom has room} and the file has any.
         *
         * @return false if it is certain that no event comes any more; true and nothing added is the end, too
         * @throws IOException if what comes next cannot be read or decoded; what was added before is delivered, and then the source sets
         *     the file aside; where it was the content that failed, it goes on later from {@link #offset}
         */
        boolean read(Batch batch) throws IOException;

        /**
         * Where to begin, in bytes, to find all events that were not added yet: behind the last one that was, or somewhat before. It is
         * taken down once those that were are delivered.
         */
        long offset();

        /** Headers of all events of the file. */
        default Map<String, String> headers() {
            return Map.of();
        }

        @Override
        default void close() throws IOException {
            // the file itself is the source's
        }
    }

    /** A batch that is being filled. One thread. */
    interface Batch {
        /** False once it has events or bytes enough. One event more does no harm, many do. */
        boolean hasRoom();

        /** Adds an event, with the headers of its file. The array may be used again. */
        void add(byte[] body, int offset, int length);

        /** Adds an event, with headers of its own and with those of its file, which win. The array may be used again. */
        void add(Map<String, String> headers, byte[] body, int offset, int length);
    }
}
