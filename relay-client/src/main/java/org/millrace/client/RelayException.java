package org.millrace.client;

import java.io.IOException;

/**
 * A relay could not be reached, or a call to it failed; the message names the peer and says why. Unless it says that the peer
 * refused, the peer may have stored the events all the same: to send them again is safe, but may make copies.
 */
public final class RelayException extends IOException {
    public RelayException(RelayAddress peer, String reason) {
        super(peer + ": " + reason);
    }

    public RelayException(RelayAddress peer, String reason, Throwable cause) {
        super(peer + ": " + reason, cause);
    }
}
