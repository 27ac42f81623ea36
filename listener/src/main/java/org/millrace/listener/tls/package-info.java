/**
 * TLS as an agent's components have it: its keys in their settings, and what becomes of its peers in their log and their figures. Start with
 * {@link org.millrace.listener.tls.SourceTls}, which stands in front of each source.
 */
@NullMarked
package org.millrace.listener.tls;

import org.jspecify.annotations.NullMarked;
