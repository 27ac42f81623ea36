/** TLS as an agent's components have it: its keys in their settings, and what becomes of its peers in their log and their figures. */
@NullMarked
package org.millrace.relay.tls;

import org.jspecify.annotations.NullMarked;
