package org.example.millrace;

import com.codahale.metrics.Counter;
import java.util.Arrays;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/** Has no state but what never changes: any number of threads call it at once, and it may not hold them up. */
final class MaskInterceptor implements Interceptor {
    private static final int SHOWN = 4;

    private final int digits;
    private final Counter masked;

    MaskInterceptor(int digits, Counter masked) {
        this.digits = digits;
        this.masked = masked;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        try (EventBatchBuilder result = new EventBatchBuilder()) {
            EventReader event = batch.reader();
            while (event.next()) {
                result.add(event, mask(event.body())); // with the headers as they are
            }
            return result.build();
        } finally {
            batch.release(); // it was taken over
        }
    }

    private byte[] mask(byte[] body) {
        int start = 0; // of the digits in a row
        for (int i = 0; i <= body.length; i++) {
            if (i == body.length || body[i] < '0' || body[i] > '9') {
                if (i - start >= digits) {
                    Arrays.fill(body, start, i - SHOWN, (byte) '*');
                    masked.inc();
                }
                start = i + 1;
            }
        }
        return body;
    }
}
