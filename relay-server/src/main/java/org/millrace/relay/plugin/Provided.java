package org.millrace.relay.plugin;

import org.millrace.api.ComponentFactory;

/**
 * A factory, and where it comes from.
 *
 * @param origin such as {@code plug-in acme}; empty: from the agent's own class path
 */
public record Provided<F extends ComponentFactory>(F factory, String origin) {}
