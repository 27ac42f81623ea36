package org.millrace.flume;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs {@code line 0} to {@code line N - 1}, as an application does; Log4j's configuration says where to. */
public final class Log4jClient {
    private Log4jClient() {}

    public static void main(String[] args) {
        Logger log = LoggerFactory.getLogger("app");
        int lines = Integer.parseInt(args[0]);
        for (int i = 0; i < lines; i++) {
            log.info("line {}", i);
        }
        System.exit(0); // the SDK leaves threads behind
    }
}
