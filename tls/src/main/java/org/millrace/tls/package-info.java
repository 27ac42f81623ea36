/**
 * TLS, with what the JDK has, for everything that listens and everything that connects. {@link org.millrace.tls.TlsKeys} reads the keys, the
 * same ones wherever they stand; what comes of it is a {@link org.millrace.tls.ServerTls} or a {@link org.millrace.tls.ClientTls}, which puts
 * handlers into a connection's pipeline. Behind both stands {@code ContextFiles}: an SSL context of key and trust stores, made anew when a file
 * changes. Start with {@code TlsEntrance}, the way of an accepted connection up to its handshake.
 *
 * <p>No event loop reads a file or computes a signature: {@code TlsThreads} do.
 */
@NullMarked
package org.millrace.tls;

import org.jspecify.annotations.NullMarked;
