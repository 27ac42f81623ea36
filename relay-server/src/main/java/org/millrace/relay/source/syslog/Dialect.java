package org.millrace.relay.source.syslog;

/** What Flume's two kinds of syslog sources call their headers, and when they set them. */
enum Dialect {
    /** syslogtcp and syslogudp. */
    PLAIN("priority", "version"),
    /** multiport_syslogtcp. */
    MULTIPORT("Priority", "Version");

    private final String priorityName;
    private final String versionName;

    Dialect(String priorityName, String versionName) {
        this.priorityName = priorityName;
        this.versionName = versionName;
    }

    String priorityName() {
        return priorityName;
    }

    String versionName() {
        return versionName;
    }
}
