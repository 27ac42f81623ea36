package org.millrace.relay.plugin;

/** A plug-in's component does not keep its contract, or lacks a class. The message names the plug-in, and says all there is to say. */
public final class PlugInException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PlugInException(String message, Throwable cause) {
        super(message, cause);
    }

    PlugInException(String message) {
        super(message);
    }
}
