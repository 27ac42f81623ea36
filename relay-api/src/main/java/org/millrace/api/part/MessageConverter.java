package org.millrace.api.part;

import org.millrace.codec.EventBatchBuilder;

/**
 * Makes events of the messages of a messaging system. One thread.
 *
 * @param <M> what its source reads: {@code javax.jms.Message} for the JMS source
 */
public interface MessageConverter<M> {
    /**
     * Adds the events of a message, or none: it is then acknowledged with those around it.
     *
     * @param message lent
     * @param to lent
     * @throws RefusedMessageException if no events can be made of it: the provider has it back, and its rules decide what comes then
     * @throws InterruptedException if the source is to stop: the provider has the message back
     * @throws Exception as the provider does when a message is read: refused as well, unless the connection turns out to be lost
     */
    @SuppressWarnings("IllegalThrows") // of the provider's kind, which is not known here
    void convert(M message, EventBatchBuilder to) throws Exception;
}
