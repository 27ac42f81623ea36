package org.millrace.hdfs;

import org.apache.hadoop.net.StandardSocketFactory;

/**
 * Makes the sockets to clusters without Kerberos. It is Hadoop's own factory; but Hadoop has one client of its name nodes for each class
 * of factories in a process, with the settings of whoever asked first, and what is allowed to a sink of such a cluster must not be to one
 * of a secure cluster.
 */
public final class SimpleClusterSockets extends StandardSocketFactory {
    /** Hadoop makes it. */
    public SimpleClusterSockets() {}
}
