package org.millrace.client;

import java.io.IOException;

/**
 * A relay could not be reached, or a call to it failed; the message names the peer and says why. Unless it {@link #isRefusal}, the
 * peer may have stored the events all the same: to send them again is safe, but may make copies.
 */
public final class RelayException extends IOException {
    private final boolean refusal;

    public RelayException(RelayAddress peer, String reason) {
        this(peer, reason, false);
    }

    public RelayException(RelayAddress peer, String reason, Throwable cause) {
        super(peer + ": " + reason, cause);
        this.refusal = false;
    }

    private RelayException(RelayAddress peer, String reason, boolean refusal) {
        super(peer + ": " + reason);
        this.refusal = refusal;
    }

    /** The peer has answered that it did not take the events. */
    static RelayException refused(RelayAddress peer, String text) {
        return new RelayException(peer, "refused the events: " + text, true);
    }

    /** True if the peer has answered that it did not take the events, as one whose channel is full does. */
    public boolean isRefusal() {
        return refusal;
    }
}
