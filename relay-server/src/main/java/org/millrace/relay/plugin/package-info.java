/**
 * Plug-ins: components that come in directories of their own, each with a class loader, and the components on the class path. Start with
 * {@link org.millrace.relay.plugin.PlugIns}.
 */
@NullMarked
package org.millrace.relay.plugin;

import org.jspecify.annotations.NullMarked;
