package org.millrace.singlenode;

import java.io.IOException;
import org.apache.hadoop.ipc.RemoteException;

/** What to tell a person about a failure of Hadoop's, whose messages carry stack traces and addresses of wiki pages. */
final class Reason {
    private Reason() {}

    static String of(Throwable failure) {
        Throwable plain = failure instanceof RemoteException remote ? remote.unwrapRemoteException() : failure;
        String message = plain.getMessage();
        if (message == null || message.isBlank()) {
            return plain.getClass().getSimpleName();
        }
        String firstLine = message.lines().findFirst().orElseThrow();
        int link = firstLine.indexOf("; For more details see:");
        String told = link < 0 ? firstLine : firstLine.substring(0, link);
        return plain instanceof IOException ? told : plain.getClass().getSimpleName() + ": " + told;
    }
}
