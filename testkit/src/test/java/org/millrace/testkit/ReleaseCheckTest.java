package org.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;

class ReleaseCheckTest {
    private final ReleaseCheck releases = new ReleaseCheck();

    @Test
    void aBatchThatNobodyReleasedIsFound() {
        EventBatch batch = releases.watch(Batches.of("a", "b"));

        assertThatThrownBy(releases::assertAllReleased)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2 events");
        batch.release();
    }

    @Test
    void oneOwnerTooManyIsFound() {
        EventBatch batch = releases.watch(Batches.of("a")).retain();
        batch.release();

        assertThatThrownBy(releases::assertAllReleased).isInstanceOf(AssertionError.class);
        batch.release();
    }

    @Test
    void aPartThatNobodyReleasedIsFound() {
        EventBatch.Split parts = releases.watch(Batches.of("a", "b")).split(1);
        parts.head().release();

        assertThatThrownBy(releases::assertAllReleased).isInstanceOf(AssertionError.class);
        parts.tail().release();
    }

    @Test
    void whatAllOwnersReleasedIsFine() {
        EventBatch batch = releases.watch(Batches.of("a", "b"));
        EventBatch.Split parts = batch.retain().split(1);
        parts.head().release();
        parts.tail().release();
        batch.release();

        assertThatCode(releases::assertAllReleased).doesNotThrowAnyException();
    }
}
