package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.millrace.api.part.FileDeserializer;

/**
 * How a file's bytes become the bodies of events.
 *
 * @param maxChars a longer line is cut, and goes on as the next event; UTF-16 units, at least 1. No event is longer than 256 MiB,
 *     whatever this says
 * @param input what the files are written in; {@code UTF-16} and {@code UTF-32} go by each file's byte order mark
 * @param output what the bodies are written in
 */
public record LineFormat(int maxChars, Charset input, Charset output, DecodeErrors decodeErrors)
        implements FileDeserializer {
    /** Flume's defaults: at most 2048 characters, UTF-8 as it is, undecodable files refused. */
    public static final LineFormat DEFAULT =
            new LineFormat(2048, StandardCharsets.UTF_8, StandardCharsets.UTF_8, DecodeErrors.FAIL);

    @Override
    public FileEvents open(SourceFile file, long offset) throws IOException {
        return open(file.content(), offset, new byte[LineReader.BLOCK_BYTES]);
    }

    /** The same with a buffer that is lent until another file is opened: files may be many, and small. */
    FileEvents open(FileChannel content, long offset, byte[] buffer) throws IOException {
        return new LineReader(content, offset, this, buffer);
    }

    /** What to do with bytes that are not of the input charset. */
    public enum DecodeErrors {
        /** Sets the file aside. */
        FAIL,
        /** Puts U+FFFD in their place. */
        REPLACE,
        /** Drops them. */
        IGNORE;

        static DecodeErrors of(CodingErrorAction action) {
            if (action.equals(CodingErrorAction.REPORT)) {
                return FAIL;
            }
            return action.equals(CodingErrorAction.REPLACE) ? REPLACE : IGNORE;
        }

        CodingErrorAction action() {
            return switch (this) {
                case FAIL -> CodingErrorAction.REPORT;
                case REPLACE -> CodingErrorAction.REPLACE;
                case IGNORE -> CodingErrorAction.IGNORE;
            };
        }
    }
}
