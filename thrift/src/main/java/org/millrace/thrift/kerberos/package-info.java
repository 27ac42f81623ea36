/**
 * Kerberos in front of Thrift, as Flume has it: SASL with the mechanism GSSAPI, which authenticates both ends and leaves what follows as
 * it is. {@link org.millrace.thrift.kerberos.KerberosKeys} reads the keys of a component, {@link
 * org.millrace.thrift.kerberos.SourceKerberos} stands where a source's connections come in, and {@link
 * org.millrace.thrift.kerberos.KerberosClient} logs a sink in and authenticates its connections. The messages are drawn in {@code
 * SaslMessage}: start there.
 */
@NullMarked
package org.millrace.thrift.kerberos;

import org.jspecify.annotations.NullMarked;
