package org.millrace.relay.source.syslog;

/** Finds the parts of a message. One thread. */
interface MessageParser {
    /** @param message gets what is found; its fields are good until the array changes */
    void parse(byte[] bytes, int length, SyslogMessage message);
}
