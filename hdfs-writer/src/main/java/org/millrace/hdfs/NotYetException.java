package org.millrace.hdfs;

import java.io.IOException;

/** The file system is at it: to be asked again soon, and no failure. */
final class NotYetException extends IOException {
    private static final long serialVersionUID = 1;

    NotYetException(String message) {
        super(message);
    }
}
