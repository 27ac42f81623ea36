package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeUpTo;

import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;

/** What a channel keeps when it is closed, and what it says of that beforehand. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface RestartContract extends ChannelUnderTest {
    @Test
    default void tellsHowManyEventsWouldBeLostIfItWereClosedAndTheOthersAreThereAgain() throws Exception {
        Channel channel = started(100, 100, LONG);
        assertThat(channel.eventsInMemory()).isZero();
        submit(channel, numbered(0, 6));
        try (Transaction delivered = channel.begin()) {
            takeUpTo(delivered, 2);
            delivered.commitDurably();
        }
        long lost;
        try (Transaction open = channel.begin()) {
            takeUpTo(open, 1);
            lost = channel.eventsInMemory();
        }
        assertThat(lost).as("also what is taken and not committed").isEqualTo(channel.eventsInMemory());
        channel.close();

        assertThat(drain(started(100, 100, LONG))).hasSize((int) (4 - lost));
    }

    @Test
    default void oneThatOwnsDirectoriesHasThemForItselfUntilItIsClosed() throws Exception {
        Channel first = started(100, 100, LONG);
        Channel second = notStarted(100, 100, LONG);
        try {
            if (first.ownsDirectories()) {
                assertThatThrownBy(second::start).isInstanceOf(StartException.class);
            } else {
                second.start();
            }
        } finally {
            second.close();
        }
        first.close();

        assertThat(drain(started(100, 100, LONG))).isEmpty();
    }

    @Test
    default void isDurableOnlyIfItIsMeantToBeAndThenHasNothingInMemoryAndOwnsWhereItKeepsItsEvents() {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 6));

        assertThat(channel.isDurable()).isEqualTo(isMeantToBeDurable());
        if (isMeantToBeDurable()) {
            assertThat(channel.eventsInMemory()).isZero();
            assertThat(channel.ownsDirectories()).isTrue();
        }
    }
}
