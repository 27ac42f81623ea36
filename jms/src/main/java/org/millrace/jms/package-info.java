/**
 * The JMS source. {@link org.millrace.jms.JmsSource} has the thread, {@code JmsReader} reads batches in transactions of the provider's,
 * {@code MessageConverter} makes events of messages, {@code JmsLink} is the connection. Start with the second.
 */
@NullMarked
package org.millrace.jms;

import org.jspecify.annotations.NullMarked;
