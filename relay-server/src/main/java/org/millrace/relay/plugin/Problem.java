package org.millrace.relay.plugin;

/**
 * Something wrong with a plug-in.
 *
 * @param place its directory, or what else there is to name
 * @param isMistake false if it is no more than worth knowing
 */
public record Problem(String place, String message, boolean isMistake) {
    @Override
    public String toString() {
        return place + ": " + message;
    }
}
