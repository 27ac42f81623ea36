package org.millrace.hdfs;

import org.apache.hadoop.fs.Path;

/**
 * A file of ours that does not have its final name yet, as a {@link Manifest} knows it.
 *
 * @param directory with the address of its file system
 * @param counter in the in-use name
 * @param completeCounter in the final name: another one where somebody else has that name already
 * @param bytes that belong to it: OPENING none; OPEN what was committed; AT_LEAST that or less; FINISHING its length
 */
record FileEntry(
        FileNaming naming, Path directory, String prefix, long counter, long completeCounter, State state, long bytes) {
    /** How far a file has come. */
    enum State {
        /** It may be there, and nothing in it was committed. */
        OPENING(1),
        /** What was committed is in it; behind that may stand more. */
        OPEN(2),
        /** It is closed and as long as it should be; it may have its final name already. */
        FINISHING(3),
        /** As OPEN, but the machine was started again since that was noted: more than is known may have been committed. */
        AT_LEAST(4);

        private final int code;

        State(int code) {
            this.code = code;
        }

        /** In a manifest. */
        int code() {
            return code;
        }

        /** @throws IllegalArgumentException if it is none */
        static State of(int code) {
            for (State state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            throw new IllegalArgumentException(
                    "a file has state " + code + " (expected: 1 to " + values().length + ")");
        }
    }

    static FileEntry opening(FileNaming naming, Path directory, String prefix, long counter) {
        return new FileEntry(naming, directory, prefix, counter, counter, State.OPENING, 0);
    }

    /** Tells a file from others of ours; costs less than its path, which Hadoop takes apart each time it is made. */
    record Key(FileNaming naming, Path directory, String prefix, long counter) {}

    Key key() {
        return new Key(naming, directory, prefix, counter);
    }

    Path inUse() {
        return naming.inUse(directory, prefix, counter);
    }

    Path complete() {
        return naming.complete(directory, prefix, completeCounter);
    }

    FileEntry open(long committedBytes) {
        return new FileEntry(naming, directory, prefix, counter, completeCounter, State.OPEN, committedBytes);
    }

    FileEntry finishing(long length) {
        return new FileEntry(naming, directory, prefix, counter, completeCounter, State.FINISHING, length);
    }

    /** After a loss of power, which may have taken the last notes of what was committed. */
    FileEntry notedBefore() {
        return state == State.FINISHING
                ? this
                : new FileEntry(naming, directory, prefix, counter, completeCounter, State.AT_LEAST, bytes);
    }

    /** With the next final name, as this one is taken. */
    FileEntry nextName() {
        return new FileEntry(naming, directory, prefix, counter, completeCounter + 1, state, bytes);
    }
}
