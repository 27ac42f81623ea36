package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;

class LoadTest {
    private static final Origin FIRST = new Origin(new UUID(1, 2), 100);

    @Test
    void batchesGoTogetherWhoseNumbersFollowOnOneAnother() {
        Load load = load(FIRST, 3);
        assertThat(load.isFollowedBy(FIRST.plus(3))).isTrue();
        assertThat(load.isFollowedBy(FIRST.plus(2))).isFalse();
        assertThat(load.isFollowedBy(FIRST.plus(4))).isFalse();
        assertThat(load.isFollowedBy(new Origin(new UUID(1, 3), 103))).isFalse();
        assertThat(load.isFollowedBy(null)).isFalse();
    }

    @Test
    void batchesWithoutNumbersGoTogether() {
        Load load = load(null, 3);
        assertThat(load.isFollowedBy(null)).isTrue();
        assertThat(load.isFollowedBy(FIRST)).isFalse();
    }

    private static Load load(Origin origin, int events) {
        Load load = new Load(origin);
        EventBatch batch = Batches.numbered(0, events);
        load.add(batch);
        batch.release();
        return load;
    }
}
