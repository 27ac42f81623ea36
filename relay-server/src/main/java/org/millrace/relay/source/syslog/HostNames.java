package org.millrace.relay.source.syslog;

/** What may stand where a host's name is expected. */
final class HostNames {
    private static final int MAX_RFC_5424_CHARS = 255;

    private HostNames() {}

    /**
     * @param isVersioned whether the message says that it is one of RFC 5424, which has a host in this place whatever it looks like; one of
     *     RFC 3164 may have the name of a program there instead, with a colon or a bracket at its end
     */
    static boolean isHost(byte[] b, int from, int to, boolean isVersioned) {
        if (from >= to) {
            return false;
        }
        return isVersioned ? isPrintable(b, from, to) : isName(b, from, to) || isIp6(b, from, to);
    }

    private static boolean isPrintable(byte[] b, int from, int to) {
        if (to - from > MAX_RFC_5424_CHARS) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (b[i] <= ' ' || b[i] == 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** As Flume has it: letters, digits and underscores, and behind the first one also dots, hyphens and at signs. */
    private static boolean isName(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            boolean isInner = i > from && (b[i] == '.' || b[i] == '-' || b[i] == '@');
            if (!isInner && !isWord(b[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIp6(byte[] b, int from, int to) {
        int colons = 0;
        for (int i = from; i < to; i++) {
            boolean isHex = b[i] >= '0' && b[i] <= '9' || b[i] >= 'a' && b[i] <= 'f' || b[i] >= 'A' && b[i] <= 'F';
            if (b[i] == ':') {
                colons++;
            } else if (!isHex && b[i] != '.') {
                return false;
            }
        }
        return colons >= 2;
    }

    private static boolean isWord(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_';
    }
}
