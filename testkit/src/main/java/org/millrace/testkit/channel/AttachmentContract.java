package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeUpTo;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;

/** What owners attach to a commit: kept with it, or lost with it. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface AttachmentContract extends ChannelUnderTest {
    @Test
    default void whatAnOwnerAttachesIsKeptWithTheCommitAndReplacesWhatItAttachedBefore() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 2));
        assertThat(channel.attached("k1")).as("before any commit").isNull();
        for (byte state = 1; state <= 2; state++) {
            try (Transaction transaction = channel.begin()) {
                takeUpTo(transaction, 1);
                transaction.attach("k1", new byte[] {state});
                transaction.commit();
            }
            assertThat(channel.attached("k1")).containsExactly(state);
        }
        assertThat(channel.attached("k2")).as("another owner's").isNull();
    }

    @Test
    default void whatIsAttachedIsLostWithTheRollback() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 1));
        attachAndCommit(channel, "k1", 1);
        try (Transaction transaction = channel.begin()) {
            takeUpTo(transaction, 1);
            transaction.attach("k1", new byte[] {2});
            transaction.attach("k2", new byte[] {3});
        }

        assertThat(channel.attached("k1")).containsExactly(1);
        assertThat(channel.attached("k2")).isNull();
    }

    @Test
    default void anOwnerMayAttachWithoutTakingAndToTheEventsOfAnother() throws Exception {
        Channel channel = started(100, 100, LONG);
        attachAndCommit(channel, "k1", 1);
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", new byte[] {2});
            transaction.attach("k2", new byte[] {3});
            transaction.attach("k2", new byte[] {4});
            transaction.commit();
        }

        assertThat(channel.attached("k1")).containsExactly(2);
        assertThat(channel.attached("k2")).as("the last of a transaction").containsExactly(4);
    }

    @Test
    default void anOwnerMayAttachDurablyWithoutTaking() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 1));
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", new byte[] {2});
            transaction.commitDurably();
        }

        assertThat(channel.attached("k1")).containsExactly(2);
        assertThat(drain(channel)).containsExactly(0);
    }

    @Test
    default void whatIsAttachedIsACopyOnTheWayInAndOut() throws Exception {
        Channel channel = started(100, 100, LONG);
        byte[] lent = {1};
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", lent);
            lent[0] = 9;
            transaction.commit();
        }
        byte[] given = Objects.requireNonNull(channel.attached("k1"));
        given[0] = 8;

        assertThat(channel.attached("k1")).containsExactly(1);
    }

    @Test
    default void moreThanTheMostThatMayBeAttachedIsRefused() {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            assertThatThrownBy(() -> transaction.attach("k1", new byte[Transaction.MAX_ATTACHED_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("k1");
        }
    }

    private static void attachAndCommit(Channel channel, String owner, int state) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            transaction.attach(owner, new byte[] {(byte) state});
            transaction.commit();
        }
    }
}
