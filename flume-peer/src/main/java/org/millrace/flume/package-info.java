/** Drivers for Flume's own client, which run in a JVM with Flume's libraries. Start with {@link org.millrace.flume.FlumeSdkClient}. */
package org.millrace.flume;
