package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayException;

class FailureReportTest {
    @Test
    void whatAPeerDidIsToldWithoutNamesOfClasses() {
        assertThat(FailureReport.text(new DeliveryException(
                        "no connection", new RelayException(new RelayAddress("h", 1), "cannot connect"))))
                .isEqualTo("no connection: h:1: cannot connect");
    }

    @Test
    void aCauseThatSaysLittleWithoutItsClassKeepsIt() {
        assertThat(FailureReport.text(new DeliveryException("cannot write", new NoSuchFileException("/data/a"))))
                .isEqualTo("cannot write: java.nio.file.NoSuchFileException: /data/a");
    }

    @Test
    void aFirstFailureHasNoHistory() {
        assertThat(FailureReport.history(1, 0)).isEmpty();
        assertThat(FailureReport.history(17, 15)).isEqualTo(" (17 failures in a row, 15 not logged)");
    }
}
