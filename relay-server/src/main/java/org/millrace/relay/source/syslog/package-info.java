/**
 * The syslog sources: RFC 3164 and RFC 5424 over TCP (RFC 6587: lines, or messages with their length in front) and UDP (RFC 5426), with
 * Flume's headers. {@code MessageFramer} cuts a stream into messages, {@code SyslogParser} and {@code MultiportParser} read one, as the
 * two kinds of Flume's sources do, {@code SyslogEvents} makes an event of it. Start with the parsers.
 */
@NullMarked
package org.millrace.relay.source.syslog;

import org.jspecify.annotations.NullMarked;
