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
            boolean isHex = isBetween(b[i], '0', '9') || isBetween(b[i], 'a', 'f') || isBetween(b[i], 'A', 'F');
            if (b[i] == ':') {
                colons++;
            } else if (!isHex && b[i] != '.') {
                return false;
            }
        }
        return colons >= 2;
    }

    private static boolean isWord(byte b) {
        return isBetween(b, 'a', 'z') || isBetween(b, 'A', 'Z') || isBetween(b, '0', '9') || b == '_';
    }

    private static boolean isBetween(byte b, char first, char last) {
        return b >= first && b <= last;
    }
}
