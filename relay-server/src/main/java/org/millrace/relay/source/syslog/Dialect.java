package org.millrace.relay.source.syslog;

import org.millrace.relay.source.net.HeaderBytes;

/** What Flume's two kinds of syslog sources call their headers, and when they set them. */
enum Dialect {
    /** syslogtcp and syslogudp. */
    PLAIN("priority", "version"),
    /** multiport_syslogtcp. */
    MULTIPORT("Priority", "Version");

    final byte[] priorityName;
    final byte[] versionName;

    Dialect(String priorityName, String versionName) {
        this.priorityName = HeaderBytes.encode(priorityName);
        this.versionName = HeaderBytes.encode(versionName);
    }
}
