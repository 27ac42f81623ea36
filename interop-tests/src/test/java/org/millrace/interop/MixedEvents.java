package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Numbered events as applications send them: single ones and batches, with bodies that are empty, small and large. */
final class MixedEvents {
    static final int COUNT = 742;

    private MixedEvents() {}

    /** Sends them by Flume's client, and fails unless it says that all are stored. */
    static void send(FlumeSdk client, int first) {
        for (int seq = 0; seq < 10; seq++) {
            assertThat(client.single(100, first + seq)).isTrue();
        }
        assertThat(client.batch(500, 512, first + 10)).isTrue();
        assertThat(client.batch(200, 0, first + 510)).isTrue();
        assertThat(client.batch(30, 30_000, first + 710)).isTrue();
        assertThat(client.batch(2, 1_000_000, first + 740)).isTrue();
    }

    /** Waits until they have arrived, whatever else arrives: events of other tests have other numbers. */
    static void assertAllArrived(RecordingServer recorder, int first) {
        await().until(() -> recorder.firstFault() != null || recorder.hasAll(first, COUNT));
        assertThat(recorder.firstFault()).isNull();
    }
}
